/* SPDX-License-Identifier: MIT
 *
 * Reading a case: one table says which key of an event goes where and as what.
 */
#include "tax/case_internal.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

typedef enum field_type {
    TEXT,
    DATE,
    CLOCK,
    DECIMAL,
    CASH, /* a decimal whose presence counts */
    QTY,
    INTEGER,
    FLAG,
    RIGHT,
    RATE_BOTH,
    OWN_CURRENCY,
    PICKS,
    ARRIVALS,
    IGNORED
} field_type;

typedef struct field {
    const char *key;
    field_type type;
    size_t offset;
} field;

#define AT(member) offsetof(qm_tax_event, member)

static const field FIELDS[] = {
    {"id", TEXT, AT(id)},
    {"type", IGNORED, 0}, /* read first */
    {"date", DATE, AT(date)},
    {"settle", DATE, AT(settle)},
    {"time", CLOCK, 0},
    {"acct", TEXT, AT(account)},
    {"to_acct", TEXT, AT(to_account)},
    {"sym", TEXT, AT(symbol)},
    {"new_sym", TEXT, AT(new_symbol)},
    {"under", TEXT, AT(under)},
    {"purchase", TEXT, AT(purchase)},
    {"qty", QTY, AT(qty)},
    {"amount", DECIMAL, AT(amount)},
    {"fee", DECIMAL, AT(fee)},
    {"strike", DECIMAL, AT(strike)},
    {"parent_price", DECIMAL, AT(parent_price)},
    {"new_price", DECIMAL, AT(new_price)},
    {"parent_fmv", DECIMAL, AT(parent_value)},
    {"new_fmv", DECIMAL, AT(new_value)},
    {"parent_fraction", DECIMAL, AT(parent_fraction)},
    {"cash", CASH, AT(cash)},
    {"cash_in_lieu", CASH, AT(cash)},
    {"num", INTEGER, AT(num)},
    {"den", INTEGER, AT(den)},
    {"contracts", INTEGER, AT(contracts)},
    {"multiplier", INTEGER, AT(multiplier)},
    {"right", RIGHT, 0},
    {"close_only", FLAG, AT(close_only)},
    {"already_used", FLAG, AT(already_used)},
    {"section1256", FLAG, AT(section1256)},
    {"deep_itm", FLAG, AT(deep_itm)},
    {"drip", IGNORED, 0},        /* a purchase as any other */
    {"against_box", IGNORED, 0}, /* seen from what is held */
    {"ccy", TEXT, AT(currency)},
    {"cash_ccy", OWN_CURRENCY, AT(cash_currency)},
    {"fx", RATE_BOTH, 0},
    {"fx_trade", DECIMAL, AT(fx_trade)},
    {"fx_settle", DECIMAL, AT(fx_settle)},
    {"lots", PICKS, 0},
    {"lots_in", ARRIVALS, 0},
};

static const field ARRIVAL_FIELDS[] = {
    {"lot", TEXT, offsetof(qm_tax_arrival, lot)},
    {"id", TEXT, offsetof(qm_tax_arrival, lot)},
    {"qty", DECIMAL, offsetof(qm_tax_arrival, qty)},
    {"basis", DECIMAL, offsetof(qm_tax_arrival, basis)},
    {"fmv", DECIMAL, offsetof(qm_tax_arrival, loss_basis)},
    {"acquired", DATE, offsetof(qm_tax_arrival, acquired)},
    {"holding_start", DATE, offsetof(qm_tax_arrival, holding)},
    {"gifted", DATE, offsetof(qm_tax_arrival, gifted)},
    {"inherited", FLAG, offsetof(qm_tax_arrival, inherited)},
};

/* "case X, event b: qty = \"ten\": what is wrong" */
static qm_status bad(const place *at, const qm_json *value, const char *what) {
    const char *text = qm_json_text(value), *key = qm_json_name(value);
    return qm_error_set(at->err, QM_EDATA, "case %s%s%s: %s%s%s%s: %s", at->id,
                        at->event ? ", event " : "", at->event ? at->event : "",
                        key ? key : "value", text ? " = \"" : "", text ? text : "",
                        text ? "\"" : "", what);
}

qm_status qm_tax_case_bad(const place *at, const qm_json *value, const char *what) {
    return bad(at, value, what);
}

qm_status qm_tax_case_decimal(const place *at, const qm_json *value, qm_decimal *out) {
    const char *text = qm_json_text(value);
    double number;
    if (text && qm_decimal_parse(text, strlen(text), out) == QM_OK) {
        return QM_OK;
    }
    if (qm_json_number(value, &number) && qm_decimal_from_double(number, out) == QM_OK) {
        return QM_OK;
    }
    return bad(at, value, "no decimal of at most 9 places");
}

static qm_status read_integer(const place *at, const qm_json *value, int64_t *out) {
    qm_decimal d;
    qm_status status = qm_tax_case_decimal(at, value, &d);
    if (status == QM_OK && !qm_decimal_is_whole(d)) {
        return bad(at, value, "no whole number");
    }
    *out = status == QM_OK ? d.raw / QM_DECIMAL_SCALE : 0;
    return status;
}

static qm_status read_date(const place *at, const qm_json *value, qm_date *out) {
    const char *text = qm_json_text(value);
    if (!text || qm_date_parse(text, strlen(text), out) != QM_OK) {
        return bad(at, value, "no date (2007-01-03)");
    }
    return QM_OK;
}

static bool two_digits(const char *text, int most, int *out) {
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') {
        return false;
    }
    *out = (text[0] - '0') * 10 + text[1] - '0';
    return *out <= most;
}

/* HH:MM or HH:MM:SS */
static qm_status read_clock(const place *at, const qm_json *value, int32_t *out) {
    const char *text = qm_json_text(value);
    size_t length = text ? strlen(text) : 0;
    int hour, minute, second = 0;
    if ((length != 5 && length != 8) || !two_digits(text, 23, &hour) || text[2] != ':' ||
        !two_digits(text + 3, 59, &minute) ||
        (length == 8 && (text[5] != ':' || !two_digits(text + 6, 59, &second)))) {
        return bad(at, value, "no time (09:30 or 09:30:00)");
    }
    *out = hour * 3600 + minute * 60 + second;
    return QM_OK;
}

static qm_status read_flag(const place *at, const qm_json *value, bool *out) {
    qm_status status = qm_json_is_true(value) || qm_json_is_false(value)
                           ? QM_OK
                           : bad(at, value, "neither true nor false");
    *out = qm_json_is_true(value);
    return status;
}

static qm_status read_plain(const place *at, field_type type, const qm_json *value, void *to) {
    const char *text = qm_json_text(value);
    switch (type) {
    case TEXT:
        *(const char **)to = text;
        return text && *text ? QM_OK : bad(at, value, "no text");
    case DATE:
        return read_date(at, value, to);
    case INTEGER:
        return read_integer(at, value, to);
    case FLAG:
        return read_flag(at, value, to);
    default:
        return qm_tax_case_decimal(at, value, to);
    }
}

static const field *find_field(const field *fields, size_t count, const char *key) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(fields[i].key, key) == 0) {
            return &fields[i];
        }
    }
    return NULL;
}

static qm_status read_arrival(const place *at, const qm_json *value, qm_tax_arrival *out) {
    *out =
        (qm_tax_arrival){.acquired = QM_DATE_NONE, .holding = QM_DATE_NONE, .gifted = QM_DATE_NONE};
    qm_status status = QM_OK;
    for (size_t i = 0; i < qm_json_size(value) && status == QM_OK; i++) {
        const qm_json *member = qm_json_at(value, i);
        const char *key = qm_json_name(member);
        const field *f =
            key ? find_field(ARRIVAL_FIELDS, sizeof ARRIVAL_FIELDS / sizeof *ARRIVAL_FIELDS, key)
                : NULL;
        if (!f) {
            return bad(at, member, "a key that is not known");
        }
        if (!qm_json_is_null(member)) {
            status = read_plain(at, f->type, member, (char *)out + f->offset);
        }
    }
    const qm_json *basis = qm_json_get(value, "basis");
    out->no_basis = !basis || qm_json_is_null(basis);
    out->gift = qm_json_get(value, "fmv") != NULL;
    return status;
}

static qm_status read_arrivals(const place *at, const qm_json *list, case_event *out) {
    size_t count = qm_json_size(list);
    out->arrivals = qm_calloc(count + 1, sizeof *out->arrivals);
    qm_status status = out->arrivals ? QM_OK : QM_ENOMEM;
    for (size_t i = 0; i < count && status == QM_OK; i++) {
        status = read_arrival(at, qm_json_at(list, i), &out->arrivals[i]);
    }
    out->event.arrivals = out->arrivals;
    out->event.arrival_count = count;
    return status;
}

/* [["lot", "qty"], ...] */
static qm_status read_picks(const place *at, const qm_json *list, case_event *out) {
    size_t count = qm_json_size(list);
    out->picks = qm_calloc(count + 1, sizeof *out->picks);
    qm_status status = out->picks ? QM_OK : QM_ENOMEM;
    for (size_t i = 0; i < count && status == QM_OK; i++) {
        const qm_json *pair = qm_json_at(list, i);
        out->picks[i].lot = qm_json_text(qm_json_at(pair, 0));
        if (qm_json_size(pair) != 2 || !out->picks[i].lot) {
            return bad(at, list, "not a list of [lot, qty]");
        }
        status = qm_tax_case_decimal(at, qm_json_at(pair, 1), &out->picks[i].qty);
    }
    out->event.picks = out->picks;
    out->event.pick_count = count;
    return status;
}

static qm_status read_special(const place *at, const field *f, const qm_json *value,
                              case_event *out) {
    qm_tax_event *e = &out->event;
    const char *text = qm_json_text(value);
    switch (f->type) {
    case CLOCK:
        return read_clock(at, value, &out->clock);
    case RIGHT:
        e->right = text ? text[0] : 0;
        return text && (e->right == 'C' || e->right == 'P') && !text[1]
                   ? QM_OK
                   : bad(at, value, "neither C nor P");
    case RATE_BOTH:
        return read_plain(at, DECIMAL, value, &e->fx_trade) == QM_OK
                   ? qm_tax_case_decimal(at, value, &e->fx_settle)
                   : QM_EDATA;
    case OWN_CURRENCY:
        e->cash_currency = text ? text : e->symbol;
        return text || qm_json_is_true(value) ? QM_OK : bad(at, value, "no currency");
    case PICKS:
        return read_picks(at, value, out);
    case ARRIVALS:
        return read_arrivals(at, value, out);
    default:
        return QM_OK;
    }
}

static qm_status read_member(const place *at, const qm_json *value, case_event *out) {
    const char *key = qm_json_name(value);
    const field *f = key ? find_field(FIELDS, sizeof FIELDS / sizeof *FIELDS, key) : NULL;
    if (!f) {
        return bad(at, value, "a key that is not known");
    }
    out->event.has_qty = out->event.has_qty || f->type == QTY;
    out->event.has_cash = out->event.has_cash || f->type == CASH;
    switch (f->type) {
    case TEXT:
    case DATE:
    case DECIMAL:
    case CASH:
    case QTY:
    case INTEGER:
    case FLAG:
        return read_plain(at, f->type, value, (char *)&out->event + f->offset);
    default:
        return read_special(at, f, value, out);
    }
}

qm_status qm_tax_case_event(const place *from, const qm_json *value, case_event *out) {
    place at = *from;
    const char *type = qm_json_text(qm_json_get(value, "type"));
    *out = (case_event){.event = {.date = QM_DATE_NONE, .settle = QM_DATE_NONE}, .clock = -1};
    at.event = qm_json_text(qm_json_get(value, "id"));
    at.event = at.event ? at.event : "without id";
    out->event.kind = type ? qm_tax_kind_from(type) : QM_TAX_KIND_COUNT;
    out->event.symbol = qm_json_text(qm_json_get(value, "sym"));
    if (out->event.kind == QM_TAX_KIND_COUNT) {
        const qm_json *named = qm_json_get(value, "type");
        return bad(&at, named ? named : value, "no type of event");
    }
    qm_status status = QM_OK;
    for (size_t i = 0; i < qm_json_size(value) && status == QM_OK; i++) {
        status = read_member(&at, qm_json_at(value, i), out);
    }
    if (status == QM_OK && out->event.date == QM_DATE_NONE) {
        return bad(&at, value, "no date");
    }
    return status;
}
