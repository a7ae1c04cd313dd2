/* SPDX-License-Identifier: MIT */
#include "app/settings.h"

#include "app/command.h"
#include "app/provider.h"
#include "broker/sim/sim.h"
#include "host/config.h"
#include "tax/tax.h"
#include "trade/risk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef bool (*checker)(const char *value);

static bool is_decimal(const char *value) {
    qm_decimal d;
    return qm_decimal_parse(value, strlen(value), &d) == QM_OK && d.raw >= 0;
}
static bool is_commission(const char *value) {
    qm_commission c;
    return qm_commission_parse(value, &c, NULL) == QM_OK;
}
static bool is_slippage(const char *value) {
    qm_slippage s;
    return qm_slippage_parse(value, &s, NULL) == QM_OK;
}
static bool is_account(const char *value) {
    qm_account_kind kind;
    return qm_account_kind_parse(value, &kind);
}
static bool is_type(const char *value) {
    return strcmp(value, "taxable") == 0 || strcmp(value, "ira") == 0;
}
bool qm_is_lot_method(qm_tax_method method) {
    return method != QM_TAX_METHOD_COUNT && method != QM_TAX_SPECIFIC && method != QM_TAX_AVERAGE;
}

static bool is_method(const char *value) {
    qm_tax_method method = qm_tax_method_from(value);
    return qm_is_lot_method(method);
}
static bool is_level(const char *value) {
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(levels[i], value) == 0) {
            return true;
        }
    }
    return false;
}
static bool is_one_of(const char *value, const char *const *words) {
    for (; *words; words++) {
        if (strcmp(*words, value) == 0) {
            return true;
        }
    }
    return false;
}
static bool is_format(const char *value) {
    return is_one_of(value, (const char *const[]){"text", "json", NULL});
}
static bool is_body(const char *value) {
    return is_one_of(value, (const char *const[]){"csv", "json", NULL});
}
static bool is_time(const char *value) {
    return is_one_of(value, (const char *const[]){"text", "seconds", "millis", NULL});
}
static bool is_dates(const char *value) {
    return is_one_of(value, (const char *const[]){"iso", "compact", "seconds", "millis", NULL});
}
static bool is_order(const char *value) {
    return is_one_of(value, (const char *const[]){"oldest", "newest", NULL});
}
static bool is_stamp(const char *value) {
    return is_one_of(value, (const char *const[]){"start", "end", NULL});
}
static bool is_paging(const char *value) {
    return is_one_of(value,
                     (const char *const[]){"none", "number", "cursor", "link", "days", NULL});
}
static bool is_last_page(const char *value) {
    return is_one_of(value, (const char *const[]){"empty", "short", NULL});
}
static bool is_count(const char *value) { /* an integer by its kind */
    char *end;
    long long n = strtoll(value, &end, 10);
    return *end == 0 && n >= 0 && n <= 1000000;
}
static bool is_least_one(const char *value) {
    return is_count(value) && strcmp(value, "0") != 0;
}
static bool is_megabytes(const char *value) {
    return is_least_one(value) && strtoll(value, NULL, 10) <= 256;
}
static bool is_name(const char *value) {
    return value[0] && strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
                                     "0123456789") == strlen(value);
}
static bool is_rate(const char *value) {
    qm_decimal d;
    return qm_decimal_parse(value, strlen(value), &d) == QM_OK && d.raw >= 0 &&
           d.raw < QM_DECIMAL_SCALE;
}
static bool is_version(const char *value) {
    return strcmp(value, "1") == 0;
}
static bool is_symbol(const char *value) {
    return qm_symbol_valid(value);
}
static bool is_any(const char *value) {
    return value[0] != 0;
}

/* A star stands for one name. */
static const struct {
    const char *name;
    const char *kind;
    checker check;
    const char *help;
} SCHEMA[] = {
    {"version", "integer", is_version, "1: a higher one is of a newer program"},
    {"tax.short_term", "string", is_rate, "a share as text: \"0.35\""},
    {"tax.long_term", "string", is_rate, "a share as text: \"0.15\""},
    {"tax.separate", "boolean", is_any, "true when married and filing separately"},
    {"universe.*", "string", is_symbol, "a symbol"},
    {"data_dir", "string", is_any, "folder of market.db and book.db"},
    {"commission", "string", is_commission, "none, per_share:0.005,min=1, ..."},
    {"slippage", "string", is_slippage, "none, bps:5, ticks:1, range:0.1"},
    {"accounts.*.type", "string", is_type, "taxable or ira"},
    {"accounts.*.method", "string", is_method, "how its broker relieves lots: fifo, hifo, ..."},
    {"accounts.*.kind", "string", is_account, "cash, margin or unlimited"},
    {"accounts.*.broker", "string", is_any, "paper"},
    {"accounts.*.cash", "string", is_decimal, "an amount as text: \"25000.00\""},
    {"accounts.*.fractional", "boolean", is_any, "true or false"},
    {"limits.callback_ms", "integer", is_least_one, "the most that a strategy's budget may be"},
    {"limits.max_order_notional", "string", is_decimal, "an amount as text"},
    {"limits.max_position_notional", "string", is_decimal, "an amount as text"},
    {"log.level", "string", is_level, "debug, info, warn or error"},
    {"log.format", "string", is_format, "text or json"},
    {"providers.*.url", "string", is_any, "an address with {symbol}, {from}, {to}, {key}, ..."},
    {"providers.*.key_env", "string", is_name, "the environment variable that holds the key"},
    {"providers.*.header", "string", is_any, "a line like \"Authorization: Bearer {key}\""},
    {"providers.*.format", "string", is_body, "csv or json"},
    {"providers.*.rows", "string", is_any, "where the JSON has the rows: \"data.bars\""},
    {"providers.*.open_end", "boolean", is_any, "true: the last line of its CSV has no end"},
    {"providers.*.order", "string", is_order, "oldest or newest row first"},
    {"providers.*.time", "string", is_time, "text, seconds or millis"},
    {"providers.*.stamp", "string", is_stamp, "start or end: what an intraday time stands for"},
    {"providers.*.tz", "string", is_any, "zone of times without an offset"},
    {"providers.*.dates", "string", is_dates, "iso, compact, seconds or millis in the address"},
    {"providers.*.to_excluded", "boolean", is_any, "true: {to} is the day after the last"},
    {"providers.*.insecure", "boolean", is_any, "true: http to other machines"},
    {"providers.*.delay", "integer", is_count, "minutes after its end until a bar is final"},
    {"providers.*.columns.time", "string", is_any, "a field's name"},
    {"providers.*.columns.open", "string", is_any, "a field's name"},
    {"providers.*.columns.high", "string", is_any, "a field's name"},
    {"providers.*.columns.low", "string", is_any, "a field's name"},
    {"providers.*.columns.close", "string", is_any, "a field's name"},
    {"providers.*.columns.volume", "string", is_any, "a field's name"},
    {"providers.*.timeframes.*", "string", is_any, "what the provider calls it"},
    {"providers.*.pages.by", "string", is_paging, "none, number, cursor, link or days"},
    {"providers.*.pages.next", "string", is_any, "where the JSON has the cursor or link"},
    {"providers.*.pages.query", "string", is_any, "what further pages add to the address"},
    {"providers.*.pages.last", "string", is_last_page, "empty or short: how the last page shows"},
    {"providers.*.pages.first", "integer", is_count, "the first page's number"},
    {"providers.*.pages.size", "integer", is_count, "rows of a full page"},
    {"providers.*.pages.days", "integer", is_least_one, "days to ask for at once"},
    {"providers.*.requests_per_minute", "integer", is_count, "0: no limit"},
    {"providers.*.tries", "integer", is_least_one, "of one request"},
    {"providers.*.first_wait_ms", "integer", is_least_one, "before the second try"},
    {"providers.*.max_wait", "integer", is_least_one, "seconds"},
    {"providers.*.connect_timeout", "integer", is_least_one, "seconds"},
    {"providers.*.stall_timeout", "integer", is_least_one, "seconds"},
    {"providers.*.total_timeout", "integer", is_least_one, "seconds"},
    {"providers.*.max_mb", "integer", is_megabytes, "1 to 256, of one answer"},
    {"providers.*.splits.url", "string", is_any, "an address with {symbol}"},
    {"providers.*.splits.rows", "string", is_any, "where the JSON has the rows"},
    {"providers.*.splits.time", "string", is_time, "text, seconds or millis"},
    {"providers.*.splits.date", "string", is_any, "a field's name"},
    {"providers.*.splits.ratio", "string", is_any, "a field's name: new for old"},
    {"providers.*.splits.new", "string", is_any, "a field's name"},
    {"providers.*.splits.old", "string", is_any, "a field's name"},
    {"providers.*.dividends.url", "string", is_any, "an address with {symbol}"},
    {"providers.*.dividends.rows", "string", is_any, "where the JSON has the rows"},
    {"providers.*.dividends.time", "string", is_time, "text, seconds or millis"},
    {"providers.*.dividends.date", "string", is_any, "a field's name: the ex-date"},
    {"providers.*.dividends.amount", "string", is_any, "a field's name"},
    {"providers.*.dividends.paid", "string", is_any, "a field's name"},
};
enum { ROWS = sizeof SCHEMA / sizeof SCHEMA[0] };

static bool matches(const char *pattern, const char *name) {
    while (*pattern && *name) {
        if (*pattern == '*') {
            pattern++;
            name += strcspn(name, ".");
        } else if (*pattern++ != *name++) {
            return false;
        }
    }
    return *pattern == *name;
}

/* The pattern with the entry's own words for its stars: what the entry may have meant to be. */
static const char *name_like(const char *pattern, const char *name, char *out, size_t size) {
    size_t used = 0;
    for (; *pattern && used + 1 < size; pattern++) {
        size_t word = strcspn(name, ".");
        size_t part = strcspn(pattern, ".");
        const char *from = *pattern == '*' ? name : pattern;
        size_t n = *pattern == '*' ? word : part;
        n = n < size - used - 2 ? n : size - used - 2;
        memcpy(out + used, from, n);
        used += n;
        name += word + (name[word] == '.');
        pattern += part;
        if (!*pattern) {
            break;
        }
        out[used++] = '.';
    }
    out[used] = 0;
    return out;
}

static int check_entry(const char *path, const qm_config_entry *entry, qm_buf *out) {
    for (size_t i = 0; i < ROWS; i++) {
        if (!matches(SCHEMA[i].name, entry->name)) {
            continue;
        }
        bool fine = strcmp(entry->kind, SCHEMA[i].kind) == 0 && SCHEMA[i].check(entry->value);
        if (!fine) {
            qm_buf_printf(out, "%s: %s = %s (%s): must be a %s: %s\n", path, entry->name,
                          entry->value, entry->kind, SCHEMA[i].kind, SCHEMA[i].help);
        }
        return !fine;
    }
    const char *names[ROWS + 1] = {0};
    char storage[ROWS][sizeof entry->name], hint[96];
    for (size_t i = 0; i < ROWS; i++) {
        names[i] = name_like(SCHEMA[i].name, entry->name, storage[i], sizeof storage[i]);
    }
    qm_buf_printf(out, "%s: unknown key %s%s\n", path, entry->name,
                  qm_suggest(entry->name, names, hint, sizeof hint));
    return 1;
}

static int check_providers(const char *path, const qm_config_entries *entries, qm_buf *out) {
    char name[QM_PROVIDER_NAME_MAX];
    int count = 0;
    for (size_t n = 0; qm_provider_name(entries, n, name); n++) {
        qm_provider provider;
        qm_error err = {0};
        if (qm_provider_read(entries, name, &provider, &err) != QM_OK) {
            qm_buf_printf(out, "%s: %s\n", path, err.message);
            count++;
        }
    }
    return count;
}

const char *qm_settings_path(char *out, size_t size) {
    const char *named = getenv("QM_CONFIG"), *base = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    if (named && *named) {
        snprintf(out, size, "%s", named);
    } else if (base && *base) {
        snprintf(out, size, "%s/quantmatrix/config.lua", base);
    } else {
        snprintf(out, size, "%s/.config/quantmatrix/config.lua", home ? home : ".");
    }
    return out;
}

qm_status qm_settings_read(const char *path, qm_config_entries *out, qm_buf *findings, int *count,
                           qm_error *err) {
    qm_status status = qm_config_read(path, out, err);
    *count = 0;
    for (size_t i = 0; status == QM_OK && i < out->length; i++) {
        *count += check_entry(path, &out->items[i], findings);
    }
    if (status == QM_OK && *count == 0) { /* values are known to be of their kinds */
        *count = check_providers(path, out, findings);
    }
    return status;
}

static qm_config_entries in_force; /* read once, for the life of the process */

qm_status qm_settings_use(qm_error *err) {
    char path[4096];
    const char *named = getenv("QM_CONFIG");
    int count = 0;
    qm_buf findings;
    qm_settings_path(path, sizeof path);
    if (!(named && *named) && access(path, F_OK) != 0) {
        return QM_OK;
    }
    qm_buf_init(&findings, 1 << 20);
    qm_status status = qm_settings_read(path, &in_force, &findings, &count, err);
    if (status == QM_OK && count > 0) {
        status = qm_error_set(err, QM_ECONFIG, "%.*s",
                              findings.data ? (int)strcspn(findings.data, "\n") : 0, findings.data);
    }
    qm_buf_fini(&findings);
    return status;
}

const qm_config_entries *qm_settings_all(void) {
    return &in_force;
}

const char *qm_setting(const char *name) {
    for (size_t i = 0; i < in_force.length; i++) {
        if (strcmp(in_force.items[i].name, name) == 0) {
            return in_force.items[i].value;
        }
    }
    return NULL;
}

qm_tax_rates qm_settings_rates(void) {
    const char *short_term = qm_setting("tax.short_term"), *long_term = qm_setting("tax.long_term");
    const char *separate = qm_setting("tax.separate");
    qm_tax_rates rates = {.separate = separate && strcmp(separate, "true") == 0};
    rates.known = short_term && long_term &&
                  qm_decimal_parse(short_term, strlen(short_term), &rates.short_term) == QM_OK &&
                  qm_decimal_parse(long_term, strlen(long_term), &rates.long_term) == QM_OK;
    return rates;
}

const char *qm_setting_of(const char *group, const char *name, const char *key) {
    char full[128];
    snprintf(full, sizeof full, "%s.%s.%s", group, name, key);
    return qm_setting(full);
}
