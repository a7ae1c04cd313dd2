/* SPDX-License-Identifier: MIT
 *
 * Reading a case as a whole: its configuration, then its events in the order to apply them.
 */
#include "tax/case_internal.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

typedef enum policy {
    METHOD,
    WASH,
    SCOPE,
    IRA,
    ATOMIC,
    EARLIER,
    PUTS,
    GROUPS,
    GRAIN,
    RATES,
    TACK,
    FX_DATE,
    POLICY_COUNT
} policy;

static const char *const POLICIES[] = {
    [METHOD] = "method",
    [WASH] = "wash",
    [SCOPE] = "wash_scope",
    [IRA] = "ira_accounts",
    [ATOMIC] = "same_sale_atomic",
    [EARLIER] = "wash_ignore_earlier_lots",
    [PUTS] = "wash_deep_itm_puts",
    [GROUPS] = "identical_groups",
    [GRAIN] = "grain",
    [RATES] = "rates",
    [TACK] = "tack",
    [FX_DATE] = "fx_date",
};

/* true: first word, false: second; booleans stand for on and off. */
static qm_status choose(const place *at, const qm_json *value, const char *first,
                        const char *second, bool *out) {
    const char *text = qm_json_text(value);
    if (qm_json_is_true(value) || qm_json_is_false(value)) {
        *out = qm_json_is_true(value);
        return strcmp(first, "on") == 0 ? QM_OK : qm_tax_case_bad(at, value, "no such choice");
    }
    if (!text || (strcmp(text, first) != 0 && strcmp(text, second) != 0)) {
        return qm_tax_case_bad(at, value, "no such choice");
    }
    *out = strcmp(text, first) == 0;
    return QM_OK;
}

static qm_status read_names(const place *at, const qm_json *list, const char ***out) {
    size_t count = qm_json_size(list);
    *out = qm_calloc(count + 1, sizeof **out);
    for (size_t i = 0; *out && i < count; i++) {
        (*out)[i] = qm_json_text(qm_json_at(list, i));
        if (!(*out)[i]) {
            return qm_tax_case_bad(at, list, "not a list of names");
        }
    }
    return *out ? QM_OK : QM_ENOMEM;
}

static qm_status read_groups(const place *at, const qm_json *list, qm_tax_case *out) {
    size_t count = qm_json_size(list);
    out->groups = qm_calloc(count + 1, sizeof *out->groups);
    qm_status status = out->groups ? QM_OK : QM_ENOMEM;
    for (size_t i = 0; i < count && status == QM_OK; i++) {
        status = read_names(at, qm_json_at(list, i), &out->groups[i]);
    }
    out->config.identical = (const char *const *const *)out->groups;
    return status;
}

static qm_status read_rates(const place *at, const qm_json *list, qm_tax_config *out) {
    if (qm_json_size(list) != 2) {
        return qm_tax_case_bad(at, list, "not [short-term, long-term]");
    }
    qm_status status = qm_tax_case_decimal(at, qm_json_at(list, 0), &out->rates[0]);
    return status == QM_OK ? qm_tax_case_decimal(at, qm_json_at(list, 1), &out->rates[1]) : status;
}

static qm_status read_method(const place *at, const qm_json *value, qm_tax_config *out) {
    const char *text = qm_json_text(value);
    out->method = text ? qm_tax_method_from(text) : QM_TAX_METHOD_COUNT;
    return out->method < QM_TAX_METHOD_COUNT ? QM_OK : qm_tax_case_bad(at, value, "no such method");
}

static qm_status read_policy(const place *at, policy p, const qm_json *value, qm_tax_case *out) {
    qm_tax_config *c = &out->config;
    bool is_atomic = true;
    qm_status status;
    switch (p) {
    case METHOD:
        return read_method(at, value, c);
    case WASH:
        return choose(at, value, "on", "off", &c->wash);
    case SCOPE:
        return choose(at, value, "broker", "taxpayer", &c->broker_scope);
    case IRA:
        status = read_names(at, value, &out->ira);
        c->ira = out->ira;
        return status;
    case ATOMIC:
        status = choose(at, value, "on", "off", &is_atomic);
        c->granular = !is_atomic;
        return status;
    case EARLIER:
        return choose(at, value, "on", "off", &c->ignore_earlier);
    case PUTS:
        return choose(at, value, "on", "off", &c->deep_itm_puts);
    case GROUPS:
        return read_groups(at, value, out);
    case GRAIN:
        return qm_tax_case_decimal(at, value, &c->grain);
    case RATES:
        return read_rates(at, value, c);
    case TACK:
        return choose(at, value, "date", "tack", &c->tack_date);
    default:
        return choose(at, value, "trade", "settle", &c->fx_trade);
    }
}

/* The broker's view counts in rates of the trade date unless it is told otherwise. */
static qm_status read_config(const place *at, const qm_json *config, qm_tax_case *out) {
    qm_status status = QM_OK;
    for (size_t i = 0; i < qm_json_size(config) && status == QM_OK; i++) {
        const qm_json *value = qm_json_at(config, i);
        int p = 0;
        while (p < POLICY_COUNT && strcmp(POLICIES[p], qm_json_name(value)) != 0) {
            p++;
        }
        status = p < POLICY_COUNT ? read_policy(at, (policy)p, value, out)
                                  : qm_tax_case_bad(at, value, "a key that is not known");
    }
    if (!qm_json_get(config, "fx_date")) {
        out->config.fx_trade = out->config.broker_scope;
    }
    return status;
}

static int by_date(const void *x, const void *y) {
    const case_event *a = x, *b = y;
    if (a->event.date != b->event.date) {
        return a->event.date < b->event.date ? -1 : 1;
    }
    return (a->position > b->position) - (a->position < b->position);
}

static int by_clock(const void *x, const void *y) {
    const case_event *a = x, *b = y;
    if (a->clock != b->clock) {
        return a->clock < b->clock ? -1 : 1;
    }
    return (a->position > b->position) - (a->position < b->position);
}

static void sort_events(qm_tax_case *c) {
    qsort(c->items, c->count, sizeof *c->items, by_date);
    for (size_t i = 0, end; i < c->count; i = end) {
        bool timed = true;
        for (end = i; end < c->count && c->items[end].event.date == c->items[i].event.date; end++) {
            timed = timed && c->items[end].clock >= 0;
        }
        if (timed) {
            qsort(c->items + i, end - i, sizeof *c->items, by_clock);
        }
    }
}

static qm_status read_events(const place *at, const qm_json *list, qm_tax_case *out) {
    size_t count = qm_json_size(list);
    out->items = qm_calloc(count + 1, sizeof *out->items);
    out->events = qm_calloc(count + 1, sizeof *out->events);
    out->positions = qm_calloc(count + 1, sizeof *out->positions);
    qm_status status = out->items && out->events && out->positions ? QM_OK : QM_ENOMEM;
    for (size_t i = 0; i < count && status == QM_OK; i++) {
        status = qm_tax_case_event(at, qm_json_at(list, i), &out->items[i]);
        out->items[i].position = (uint32_t)i;
        out->count = i + 1;
    }
    if (status == QM_OK && count) {
        sort_events(out);
    }
    for (size_t i = 0; i < out->count; i++) {
        out->events[i] = out->items[i].event;
        out->positions[i] = out->items[i].position;
    }
    return status;
}

static const char *const CASE_KEYS[] = {"id",     "area",   "title",  "sources", "source",
                                        "config", "events", "expect", "notes",   "verified",
                                        "tol",    "misc",   NULL};

static qm_status check_keys(const place *at, const qm_json *one) {
    for (size_t i = 0; i < qm_json_size(one); i++) {
        const qm_json *member = qm_json_at(one, i);
        const char *const *known = CASE_KEYS;
        while (*known && strcmp(*known, qm_json_name(member)) != 0) {
            known++;
        }
        if (!*known) {
            return qm_tax_case_bad(at, member, "a key that is not known");
        }
    }
    return QM_OK;
}

qm_status qm_tax_case_read(const qm_json *one, qm_tax_case **out, qm_error *err) {
    place at = {.id = qm_json_text(qm_json_get(one, "id")), .err = err};
    at.id = at.id ? at.id : "without id";
    if (!qm_json_get(one, "events")) {
        return qm_error_set(err, QM_EDATA, "case %s: no events", at.id);
    }
    qm_tax_case *c = qm_calloc(1, sizeof *c);
    if (!c) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    c->id = at.id;
    qm_status status = check_keys(&at, one);
    status = status == QM_OK ? read_config(&at, qm_json_get(one, "config"), c) : status;
    status = status == QM_OK ? read_events(&at, qm_json_get(one, "events"), c) : status;
    if (status != QM_OK) {
        qm_tax_case_free(c);
        return status == QM_ENOMEM ? qm_error_set(err, status, "out of memory") : status;
    }
    *out = c;
    return QM_OK;
}

void qm_tax_case_free(qm_tax_case *c) {
    if (!c) {
        return;
    }
    for (size_t i = 0; i < c->count; i++) {
        qm_free(c->items[i].picks);
        qm_free(c->items[i].arrivals);
    }
    for (size_t i = 0; c->groups && c->groups[i]; i++) {
        qm_free(c->groups[i]);
    }
    qm_free(c->groups);
    qm_free(c->ira);
    qm_free(c->items);
    qm_free(c->events);
    qm_free(c->positions);
    qm_free(c);
}

qm_tax_config *qm_tax_case_config(qm_tax_case *c) {
    return &c->config;
}

size_t qm_tax_case_events(const qm_tax_case *c, const qm_tax_event **out) {
    *out = c->events;
    return c->count;
}
