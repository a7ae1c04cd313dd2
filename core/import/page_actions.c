/* SPDX-License-Identifier: MIT
 *
 * Splits and dividends out of a provider's answer. Ratios and amounts are exact or refused.
 */
#include "import/page_internal.h"

#include <stdlib.h>
#include <string.h>

enum { RATIO_MAX = 1000000, EXACT_DENOMINATOR_MAX = 1000 };

static int64_t common_divisor(int64_t a, int64_t b) {
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* A ratio that a decimal holds exactly: 1.5 is 3:2. 0.3333 would be 3333:10000, which nobody meant:
 * a third can't be told from it. */
static bool ratio_of_decimal(qm_cell cell, int64_t *num, int64_t *den) {
    qm_decimal value;
    if (qm_cell_decimal(cell, &value) != QM_OK || value.raw <= 0) {
        return false;
    }
    int64_t divisor = common_divisor(value.raw, QM_DECIMAL_SCALE);
    *num = value.raw / divisor;
    *den = QM_DECIMAL_SCALE / divisor;
    return *num <= RATIO_MAX && *den <= EXACT_DENOMINATOR_MAX;
}

/* "4:1", "4/1", "4-for-1" have two whole numbers. */
static bool ratio_of_text(qm_cell cell, int64_t *num, int64_t *den) {
    static const char *const between[] = {":", "/", "-for-", " for "};
    for (size_t i = 0; i < sizeof between / sizeof between[0]; i++) {
        size_t n = strlen(between[i]);
        for (size_t at = 1; at + n < cell.length; at++) {
            qm_cell old = {cell.text + at + n, cell.length - at - n};
            if (memcmp(cell.text + at, between[i], n) == 0) {
                return qm_cell_int((qm_cell){cell.text, at}, num) && qm_cell_int(old, den);
            }
        }
    }
    return ratio_of_decimal(cell, num, den);
}

/* Two numbers of shares, whole or decimal ("1.5" for "1"). */
static bool ratio_of_two(qm_cell new_shares, qm_cell old_shares, int64_t *num, int64_t *den) {
    qm_decimal a, b;
    if (qm_cell_decimal(new_shares, &a) != QM_OK || qm_cell_decimal(old_shares, &b) != QM_OK ||
        a.raw <= 0 || b.raw <= 0) {
        return false;
    }
    int64_t divisor = common_divisor(a.raw, b.raw);
    *num = a.raw / divisor;
    *den = b.raw / divisor;
    return true;
}

static qm_status read_split(const qm_records *r, size_t row, const qm_action_options *o,
                            qm_action *out, qm_error *err) {
    bool two = o->layout.field[QM_ACTION_RATIO] == NULL;
    qm_cell cell = qm_records_cell(r, row, two ? QM_ACTION_NEW : QM_ACTION_RATIO);
    bool fine =
        two ? ratio_of_two(cell, qm_records_cell(r, row, QM_ACTION_OLD), &out->num, &out->den)
            : ratio_of_text(cell, &out->num, &out->den);
    if (!fine || out->num < 1 || out->den < 1 || out->num > RATIO_MAX || out->den > RATIO_MAX) {
        return qm_error_at(err, QM_EDATA, NULL, r->places.items[row], 0,
                           "no exact ratio of a split: \"%.*s\" (field \"%.60s\")",
                           cell.length > 60 ? 60 : (int)cell.length, cell.text,
                           o->layout.field[two ? QM_ACTION_NEW : QM_ACTION_RATIO]);
    }
    return QM_OK;
}

static qm_status read_dividend(const qm_records *r, size_t row, const qm_action_options *o,
                               qm_action *out, qm_error *err) {
    qm_cell cell = qm_records_cell(r, row, QM_ACTION_CASH);
    if (qm_cell_decimal(cell, &out->cash) != QM_OK || out->cash.raw <= 0) {
        return qm_error_at(err, QM_EDATA, NULL, r->places.items[row], 0,
                           "no amount above 0: \"%.*s\" (field \"%.60s\")",
                           cell.length > 60 ? 60 : (int)cell.length, cell.text,
                           o->layout.field[QM_ACTION_CASH]);
    }
    qm_cell paid = qm_records_cell(r, row, QM_ACTION_PAID);
    qm_stamp_form form = QM_STAMP_UNKNOWN;
    qm_stamp stamp;
    qm_error trouble = {0};
    if (paid.length > 0) { /* a day that is not known yet may be empty */
        if (qm_page_stamp(o->time, &form, paid, &stamp, &trouble) != QM_OK) {
            return qm_error_at(err, QM_EDATA, NULL, r->places.items[row], 0, "%s (field \"%.60s\")",
                               trouble.message, o->layout.field[QM_ACTION_PAID]);
        }
        out->pay_date = stamp.date;
    }
    return QM_OK;
}

/* The store holds one action of a kind for a day. */
static qm_status merge(qm_action_vec *out, const qm_action *action, int64_t place, qm_error *err) {
    for (size_t i = 0; i < out->length; i++) {
        qm_action *known = &out->items[i];
        char day[QM_DATE_BUF];
        if (known->kind != action->kind || known->ex_date != action->ex_date) {
            continue;
        }
        qm_date_format(action->ex_date, day);
        if (action->kind == QM_ACTION_SPLIT) {
            return qm_error_at(err, QM_EDATA, NULL, place, 0, "two splits of %s", day);
        }
        if (qm_decimal_cmp(known->cash, action->cash) == 0) {
            return qm_error_at(err, QM_EDATA, NULL, place, 0,
                               "two dividends of one amount on %s: one row twice, or two payments?",
                               day);
        }
        if (known->pay_date != action->pay_date) {
            return qm_error_at(err, QM_EDATA, NULL, place, 0,
                               "two dividends of %s that are paid on different days", day);
        }
        qm_status status = qm_decimal_add(known->cash, action->cash, &known->cash);
        return status == QM_OK ? QM_OK : qm_error_set(err, status, "%s", qm_status_text(status));
    }
    qm_status status = qm_vec_push(out, action);
    return status == QM_OK ? QM_OK : qm_error_set(err, status, "%s", qm_status_text(status));
}

static qm_status read_action(const qm_records *r, size_t row, const qm_action_options *o,
                             qm_stamp_form *form, qm_action_vec *out, qm_error *err) {
    qm_action action = {.kind = o->kind, .pay_date = QM_DATE_NONE, .num = 1, .den = 1};
    qm_stamp stamp;
    qm_error trouble = {0};
    qm_cell cell = qm_records_cell(r, row, QM_ACTION_DATE);
    if (qm_page_stamp(o->time, form, cell, &stamp, &trouble) != QM_OK) {
        return qm_error_at(err, QM_EDATA, NULL, r->places.items[row], 0, "%s (field \"%.60s\")",
                           trouble.message, o->layout.field[QM_ACTION_DATE]);
    }
    action.ex_date = stamp.date;
    qm_status status = o->kind == QM_ACTION_SPLIT ? read_split(r, row, o, &action, err)
                                                  : read_dividend(r, row, o, &action, err);
    return status == QM_OK ? merge(out, &action, r->places.items[row], err) : status;
}

qm_status qm_actions_read(const char *body, size_t length, const qm_action_options *o,
                          qm_action_vec *out, qm_error *err) {
    qm_records records;
    qm_stamp_form form = QM_STAMP_UNKNOWN;
    qm_status status = qm_records_read(body, length, &o->layout, &records, err);
    for (size_t i = 0; status == QM_OK && i < qm_records_count(&records); i++) {
        status = read_action(&records, i, o, &form, out, err);
    }
    qm_records_fini(&records);
    return status;
}
