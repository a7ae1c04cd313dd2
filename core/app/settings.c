/* SPDX-License-Identifier: MIT */
#include "app/settings.h"

#include "app/command.h"
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
static bool is_format(const char *value) {
    return strcmp(value, "text") == 0 || strcmp(value, "json") == 0;
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
    {"limits.max_order_notional", "string", is_decimal, "an amount as text"},
    {"limits.max_position_notional", "string", is_decimal, "an amount as text"},
    {"log.level", "string", is_level, "debug, info, warn or error"},
    {"log.format", "string", is_format, "text or json"},
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
    char hint[96];
    for (size_t i = 0; i < ROWS; i++) {
        names[i] = SCHEMA[i].name;
    }
    qm_buf_printf(out, "%s: unknown key %s%s\n", path, entry->name,
                  qm_suggest(entry->name, names, hint, sizeof hint));
    return 1;
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
