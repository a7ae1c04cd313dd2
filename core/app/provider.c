/* SPDX-License-Identifier: MIT
 *
 * From the configuration to a provider, and what does not fit together in it.
 */
#include "app/provider.h"

#include "app/command.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *find(const qm_config_entries *entries, const char *provider, const char *key) {
    char name[160];
    snprintf(name, sizeof name, "providers.%s.%s", provider, key);
    for (size_t i = 0; i < entries->length; i++) {
        if (strcmp(entries->items[i].name, name) == 0) {
            return entries->items[i].value;
        }
    }
    return NULL;
}

bool qm_provider_name(const qm_config_entries *entries, size_t n, char out[QM_PROVIDER_NAME_MAX]) {
    static const char prefix[] = "providers.";
    char last[QM_PROVIDER_NAME_MAX] = "";
    for (size_t i = 0; i < entries->length; i++) { /* in order of name */
        const char *name = entries->items[i].name;
        if (strncmp(name, prefix, sizeof prefix - 1) != 0) {
            continue;
        }
        name += sizeof prefix - 1;
        snprintf(out, QM_PROVIDER_NAME_MAX, "%.*s", (int)strcspn(name, "."), name);
        if (strcmp(out, last) != 0 && n-- == 0) {
            return true;
        }
        memcpy(last, out, sizeof last);
    }
    return false;
}

/* The index of a word; -1: it is none of them. NULL is the first. */
static int choice(const char *word, const char *const *words) {
    for (int i = 0; word && words[i]; i++) {
        if (strcmp(words[i], word) == 0) {
            return i;
        }
    }
    return word ? -1 : 0;
}

typedef struct reading {
    const qm_config_entries *entries;
    qm_provider *out;
    qm_error *err;
} reading;

static const char *text(const reading *r, const char *key) {
    return find(r->entries, r->out->name, key);
}

static bool flag(const reading *r, const char *key) {
    const char *value = text(r, key);
    return value && strcmp(value, "true") == 0;
}

static void read_numbers(const reading *r) {
    qm_provider *p = r->out;
    const struct {
        const char *key;
        int64_t *to, fallback;
    } numbers[] = {
        {"pages.first", &p->first_page, 1},         {"pages.size", &p->page_size, 0},
        {"pages.days", &p->page_days, 0},           {"delay", &p->delay_minutes, 0},
        {"requests_per_minute", &p->per_minute, 0}, {"tries", &p->tries, 5},
        {"first_wait_ms", &p->first_wait_ms, 500},  {"max_wait", &p->max_wait_s, 120},
        {"connect_timeout", &p->connect_s, 10},     {"stall_timeout", &p->stall_s, 30},
        {"total_timeout", &p->total_s, 600},        {"max_mb", &p->max_mb, 64},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        const char *value = text(r, numbers[i].key);
        *numbers[i].to = value ? strtoll(value, NULL, 10) : numbers[i].fallback;
    }
}

static void read_page(const reading *r) {
    static const char *const fields[] = {"columns.time", "columns.open",  "columns.high",
                                         "columns.low",  "columns.close", "columns.volume"};
    static const char *const times[] = {"text", "seconds", "millis", NULL};
    static const char *const orders[] = {"oldest", "newest", NULL};
    static const char *const stamps[] = {"start", "end", NULL};
    qm_page_options *o = &r->out->page;
    for (int f = 0; f < 6; f++) {
        o->layout.field[f] = text(r, fields[f]);
    }
    o->layout.json = strcmp(text(r, "format") ? text(r, "format") : "csv", "json") == 0;
    o->layout.open_end = flag(r, "open_end");
    o->layout.rows = text(r, "rows");
    o->layout.next = text(r, "pages.next");
    o->time = (qm_page_time)choice(text(r, "time"), times);
    o->newest_first = choice(text(r, "order"), orders) == 1;
    o->stamp_is_end = choice(text(r, "stamp"), stamps) == 1;
    o->tz = text(r, "tz");
}

static void read_events(const reading *r, const char *group, qm_action_kind kind,
                        qm_provider_events *out) {
    static const char *const fields[] = {"date", "ratio", "new", "old", "amount", "paid"};
    static const char *const times[] = {"text", "seconds", "millis", NULL};
    char key[64];
    out->options = (qm_action_options){.layout = r->out->page.layout, .kind = kind};
    qm_records_layout *l = &out->options.layout;
    memset(l->field, 0, sizeof l->field);
    l->next = NULL;
    for (int f = 0; f < 6; f++) {
        snprintf(key, sizeof key, "%s.%s", group, fields[f]);
        l->field[f] = text(r, key);
    }
    l->optional[QM_ACTION_PAID] = true;
    snprintf(key, sizeof key, "%s.rows", group);
    l->rows = text(r, key);
    snprintf(key, sizeof key, "%s.time", group);
    out->options.time = (qm_page_time)choice(text(r, key), times);
    snprintf(key, sizeof key, "%s.url", group);
    out->url = text(r, key);
}

static void read_timeframes(const reading *r) {
    char prefix[128];
    qm_provider *p = r->out;
    int n = snprintf(prefix, sizeof prefix, "providers.%s.timeframes.", p->name);
    for (size_t i = 0; i < r->entries->length && p->timeframe_count < QM_TIMEFRAMES_MAX; i++) {
        const qm_config_entry *e = &r->entries->items[i];
        if (strncmp(e->name, prefix, (size_t)n) == 0) {
            p->timeframes[p->timeframe_count].name = e->name + n;
            p->timeframes[p->timeframe_count++].word = e->value;
        }
    }
}

/* Limits and waits may change without changing what comes. */
static void hash_entries(const reading *r) {
    static const char *const harmless[] = {
        "requests_per_minute", "tries",         "first_wait_ms", "max_wait", "connect_timeout",
        "stall_timeout",       "total_timeout", "max_mb",        "key_env",  NULL};
    char prefix[96];
    uint8_t digest[QM_SHA256_SIZE];
    qm_sha256 hash;
    size_t n = (size_t)snprintf(prefix, sizeof prefix, "providers.%s.", r->out->name);
    qm_sha256_init(&hash);
    for (size_t i = 0; i < r->entries->length; i++) { /* in order of name */
        const qm_config_entry *e = &r->entries->items[i];
        if (strncmp(e->name, prefix, n) == 0 && choice(e->name + n, harmless) < 0) {
            qm_sha256_update(&hash, e->name, strlen(e->name) + 1);
            qm_sha256_update(&hash, e->value, strlen(e->value) + 1);
        }
    }
    qm_sha256_final(&hash, digest);
    qm_sha256_hex(digest, r->out->hash);
}

static const char *const PAGINGS[] = {"none", "number", "cursor", "link", "days", NULL};
static const char *const DATES[] = {"iso", "compact", "seconds", "millis", NULL};
static const char *const PLACEHOLDERS[] = {"symbol", "from",   "to",  "timeframe", "page",
                                           "offset", "cursor", "key", NULL};
enum { SYMBOL, FROM, TO, TIMEFRAME, PAGE, OFFSET, CURSOR, KEY };

/* The placeholder at the front of a text ("{symbol}..."); -1: none. */
static int placeholder(const char *at, size_t *length) {
    *length = strcspn(at, "}") + 1;
    for (int i = 0; PLACEHOLDERS[i]; i++) {
        size_t n = strlen(PLACEHOLDERS[i]);
        if (*length == n + 2 && strncmp(at + 1, PLACEHOLDERS[i], n) == 0) {
            return i;
        }
    }
    return -1;
}

static bool has(const char *text_, int which) {
    size_t length;
    for (const char *at = text_; at && (at = strchr(at, '{')) != NULL; at++) {
        if (placeholder(at, &length) == which) {
            return true;
        }
    }
    return false;
}

static qm_status wrong(const reading *r, const char *key, const char *what) {
    return qm_error_set(r->err, QM_ECONFIG, "providers.%s%s%s: %s", r->out->name, key[0] ? "." : "",
                        key, what);
}

/* Every {word} is one that is known, and {key} has somewhere to come from. */
static qm_status check_template(const reading *r, const char *key, const char *value) {
    for (const char *at = value; at && (at = strchr(at, '{')) != NULL; at++) {
        char word[32], hint[96], what[192];
        size_t length;
        if (placeholder(at, &length) < 0) {
            snprintf(word, sizeof word, "%.*s", (int)strcspn(at + 1, "}"), at + 1);
            snprintf(what, sizeof what, "no placeholder {%s}%s", word,
                     qm_suggest(word, PLACEHOLDERS, hint, sizeof hint));
            return wrong(r, key, what);
        }
    }
    return has(value, KEY) && !r->out->key_env
               ? wrong(r, key, "{key} needs key_env, the environment variable that holds it")
               : QM_OK;
}

static qm_status check_templates(const reading *r) {
    const qm_provider *p = r->out;
    const struct {
        const char *key, *value;
        bool needs_symbol;
    } all[] = {{"url", p->url, true},
               {"splits.url", p->splits.url, true},
               {"dividends.url", p->dividends.url, true},
               {"pages.query", p->query, false},
               {"header", p->header, false}};
    qm_status status = QM_OK;
    for (size_t i = 0; status == QM_OK && i < sizeof all / sizeof all[0]; i++) {
        status = check_template(r, all[i].key, all[i].value);
        if (status == QM_OK && all[i].needs_symbol && all[i].value && !has(all[i].value, SYMBOL)) {
            status = wrong(r, all[i].key, "there is no {symbol} in it");
        }
    }
    return status;
}

static qm_status check_paging(const reading *r) {
    const qm_provider *p = r->out;
    const char *query = p->query ? p->query : "";
    switch (p->paging) {
    case QM_PAGES_NUMBER:
        if (!has(p->url, PAGE) && !has(p->url, OFFSET)) {
            return wrong(r, "pages.by", "\"number\" needs {page} or {offset} in url");
        }
        return (has(p->url, OFFSET) || p->short_is_last) && p->page_size == 0
                   ? wrong(r, "pages.size", "needed for {offset} and for pages.last = \"short\"")
                   : QM_OK;
    case QM_PAGES_CURSOR:
    case QM_PAGES_LINK:
        if (!p->page.layout.json || !p->page.layout.next) {
            return wrong(r, "pages.next", "needed: where the JSON has what the next page needs");
        }
        return p->paging == QM_PAGES_CURSOR && !has(p->url, CURSOR) && !has(query, CURSOR)
                   ? wrong(r, "pages.query", "\"cursor\" needs {cursor} there or in url")
                   : QM_OK;
    case QM_PAGES_DAYS:
        if (p->page_days < 1 || !has(p->url, FROM) || !has(p->url, TO)) {
            return wrong(r, "pages.days", "needed, with {from} and {to} in url");
        }
        return QM_OK;
    case QM_PAGES_NONE:
        break;
    }
    return QM_OK;
}

static qm_status check_fields(const reading *r) {
    static const char *const names[] = {"columns.time", "columns.open", "columns.high",
                                        "columns.low", "columns.close"};
    const qm_provider *p = r->out;
    for (int f = 0; f < 5; f++) {
        if (!p->page.layout.field[f]) {
            return wrong(r, names[f], "missing: the field's name in the answer");
        }
    }
    const char *const *split = p->splits.options.layout.field;
    if (p->splits.url &&
        (!split[QM_ACTION_DATE] ||
         (!split[QM_ACTION_RATIO] && (!split[QM_ACTION_NEW] || !split[QM_ACTION_OLD])))) {
        return wrong(r, "splits", "date is needed, and ratio or new and old");
    }
    const char *const *dividend = p->dividends.options.layout.field;
    if (p->dividends.url && (!dividend[QM_ACTION_DATE] || !dividend[QM_ACTION_CASH])) {
        return wrong(r, "dividends", "date and amount are needed");
    }
    for (size_t i = 0; i < p->timeframe_count; i++) {
        qm_timeframe tf;
        if (qm_timeframe_parse(p->timeframes[i].name, &tf) != QM_OK) {
            return wrong(r, "timeframes", "use names like [\"1d\"], [\"5m\"]");
        }
    }
    return QM_OK;
}

qm_status qm_provider_read(const qm_config_entries *entries, const char *name, qm_provider *out,
                           qm_error *err) {
    reading r = {entries, out, err};
    *out = (qm_provider){0};
    snprintf(out->name, sizeof out->name, "%s", name);
    out->url = text(&r, "url");
    if (!out->url) {
        return wrong(&r, "url", "missing: the address to ask, with {symbol}");
    }
    out->header = text(&r, "header");
    out->key_env = text(&r, "key_env");
    out->query = text(&r, "pages.query");
    out->paging = (qm_paging)choice(text(&r, "pages.by"), PAGINGS);
    out->short_is_last = text(&r, "pages.last") && strcmp(text(&r, "pages.last"), "short") == 0;
    out->dates = (qm_date_form)choice(text(&r, "dates"), DATES);
    out->to_excluded = flag(&r, "to_excluded");
    out->insecure = flag(&r, "insecure");
    read_numbers(&r);
    read_page(&r);
    read_events(&r, "splits", QM_ACTION_SPLIT, &out->splits);
    read_events(&r, "dividends", QM_ACTION_DIVIDEND, &out->dividends);
    read_timeframes(&r);
    hash_entries(&r);
    qm_status status = check_templates(&r);
    status = status == QM_OK ? check_paging(&r) : status;
    return status == QM_OK ? check_fields(&r) : status;
}
