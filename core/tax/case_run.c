/* SPDX-License-Identifier: MIT
 *
 * Running a case and writing what came of it.
 */
#include "tax/case_internal.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

qm_status qm_tax_case_replay(const qm_tax_case *c, qm_tax_replay *out, qm_error *err) {
    *out = (qm_tax_replay){0};
    qm_status status = qm_tax_new(&c->config, &out->tax, err);
    for (size_t i = 0; i < c->count && status == QM_OK && !out->error; i++) {
        qm_status booked = qm_tax_apply(out->tax, &c->events[i], &out->detail);
        if (booked == QM_ENOMEM) {
            status = qm_error_set(err, booked, "out of memory");
        } else if (booked != QM_OK) {
            out->error = qm_status_name(booked);
        }
    }
    if (status != QM_OK) {
        qm_tax_replay_fini(out);
    }
    return status;
}

void qm_tax_replay_fini(qm_tax_replay *replay) {
    qm_tax_free(replay->tax);
    replay->tax = NULL;
}

/* At least cents, and all that is there. */
static void put_money(qm_json_writer *w, const char *key, qm_decimal value) {
    char text[QM_DECIMAL_BUF], cents[QM_DECIMAL_BUF];
    size_t exact = qm_decimal_format(value, text);
    size_t fixed = qm_decimal_format_fixed(value, 2, QM_ROUND_DOWN, cents);
    qm_json_put_string(w, key, fixed > exact || value.raw % 10000000 == 0 ? cents : text);
}

/* Unknown: empty. */
static void put_date(qm_json_writer *w, const char *key, qm_date date) {
    char text[QM_DATE_BUF] = "";
    if (date != QM_DATE_NONE) {
        qm_date_format(date, text);
    }
    qm_json_put_string(w, key, text);
}

static void put_qty(qm_json_writer *w, qm_decimal qty) {
    qm_json_put_decimal(w, "qty", qty);
}

static void put_row(qm_json_writer *w, const qm_tax_row *row) {
    static const char *const terms[] = {"ST", "LT", ""};
    qm_json_open_object(w);
    qm_json_put_string(w, "sale", row->sale);
    qm_json_put_string(w, "lot", row->lot);
    put_qty(w, row->qty);
    put_date(w, "acquired", row->acquired);
    put_date(w, "sold", row->sold);
    put_money(w, "proceeds", row->proceeds);
    if (row->no_basis) {
        qm_json_put_string(w, "basis", "");
    } else {
        put_money(w, "basis", row->basis);
    }
    qm_json_put_string(w, "code", row->disallowed.raw ? "W" : "");
    put_money(w, "disallowed", row->disallowed);
    if (row->no_basis) {
        qm_json_put_string(w, "gain", "");
    } else {
        put_money(w, "gain", row->gain);
    }
    qm_json_put_string(w, "term", terms[row->term]);
    if (row->holding != row->acquired) {
        put_date(w, "holding_start", row->holding);
    }
    if (row->permanent.raw) {
        put_money(w, "permanent", row->permanent);
    }
    qm_json_close_object(w);
}

static void put_lot(qm_json_writer *w, const qm_tax_lot *lot) {
    qm_json_open_object(w);
    qm_json_put_string(w, "lot", lot->lot);
    qm_json_put_string(w, "sym", lot->symbol);
    qm_json_put_string(w, "acct", lot->account);
    put_qty(w, lot->qty);
    if (lot->no_basis) {
        qm_json_put_string(w, "basis", "");
    } else {
        put_money(w, "basis", lot->basis);
    }
    put_date(w, "acquired", lot->acquired);
    if (lot->holding != lot->acquired) {
        put_date(w, "holding_start", lot->holding);
    }
    qm_json_close_object(w);
}

typedef struct ranked {
    uint32_t position, index;
} ranked;

static int by_position(const void *x, const void *y) {
    const ranked *a = x, *b = y;
    if (a->position != b->position) {
        return a->position < b->position ? -1 : 1;
    }
    return (a->index > b->index) - (a->index < b->index);
}

/* Capital rows and those of deferred accounts; the others have forms of their own. */
static qm_status put_rows(qm_json_writer *w, const qm_tax_case *c, const qm_tax *tax) {
    const qm_tax_row *rows;
    size_t count = qm_tax_rows(tax, &rows);
    ranked *order = qm_calloc(count + 1, sizeof *order);
    if (!order) {
        return QM_ENOMEM;
    }
    for (uint32_t i = 0; i < count; i++) {
        order[i] = (ranked){c->positions[rows[i].event], i};
    }
    qsort(order, count, sizeof *order, by_position);
    qm_json_key(w, "realized");
    qm_json_open_array(w);
    for (size_t i = 0; i < count; i++) {
        const qm_tax_row *row = &rows[order[i].index];
        if (row->kind == QM_TAX_CAPITAL || row->kind == QM_TAX_DEFERRED) {
            put_row(w, row);
        }
    }
    qm_json_close_array(w);
    qm_free(order);
    return QM_OK;
}

static qm_status put_open(qm_json_writer *w, qm_tax *tax) {
    qm_tax_lot *lots;
    size_t count;
    qm_status status = qm_tax_open_lots(tax, &lots, &count);
    if (status != QM_OK) {
        return status;
    }
    qm_json_key(w, "open");
    qm_json_open_array(w);
    for (size_t i = 0; i < count; i++) {
        put_lot(w, &lots[i]);
    }
    qm_json_close_array(w);
    qm_free(lots);
    return QM_OK;
}

/* Sum of the gains of one kind in one year; year 0: of all. */
static qm_status sum_of(const qm_tax *tax, qm_tax_class kind, int32_t year, qm_decimal *out) {
    const qm_tax_row *rows;
    size_t count = qm_tax_rows(tax, &rows);
    qm_status status = QM_OK;
    *out = QM_DECIMAL_ZERO;
    for (size_t i = 0; i < count && status == QM_OK; i++) {
        if (rows[i].kind == kind && qm_date_to_ymd(rows[i].sold).year == year) {
            status = qm_decimal_add(*out, rows[i].gain, out);
        }
    }
    return status;
}

static qm_status put_year(qm_json_writer *w, const qm_tax *tax, int32_t year) {
    qm_decimal total, lt, st;
    qm_status status = sum_of(tax, QM_TAX_1256, year, &total);
    status = status == QM_OK ? qm_tax_sixty_forty(total, &lt, &st) : status;
    if (status == QM_OK) {
        qm_json_open_object(w);
        qm_json_put_int(w, "year", year);
        put_money(w, "total", total);
        put_money(w, "lt60", lt);
        put_money(w, "st40", st);
        qm_json_close_object(w);
    }
    return status;
}

static qm_status put_1256(qm_json_writer *w, const qm_tax *tax) {
    const qm_tax_row *rows;
    size_t count = qm_tax_rows(tax, &rows);
    qm_status status = QM_OK;
    int32_t last = INT32_MIN;
    for (size_t i = 0; i < count && status == QM_OK; i++) { /* rows are in order of date */
        int32_t year = qm_date_to_ymd(rows[i].sold).year;
        if (rows[i].kind != QM_TAX_1256 || year == last) {
            continue;
        }
        if (last == INT32_MIN) {
            qm_json_key(w, "form6781");
            qm_json_open_array(w);
        }
        status = put_year(w, tax, year);
        last = year;
    }
    if (last != INT32_MIN) {
        qm_json_close_array(w);
    }
    return status;
}

static void put_item(qm_json_writer *w, const char *kind, const char *event, qm_date date,
                     qm_decimal amount) {
    qm_json_open_object(w);
    qm_json_put_string(w, "event", event);
    qm_json_put_string(w, "kind", kind);
    put_date(w, "date", date);
    put_money(w, "amount", amount);
    qm_json_close_object(w);
}

static void put_ordinary(qm_json_writer *w, const qm_tax *tax) {
    static const char *const kinds[] = {"ira_distribution", "investment_interest"};
    const qm_tax_row *rows;
    const qm_tax_item *items;
    size_t row_count = qm_tax_rows(tax, &rows), item_count = qm_tax_items(tax, &items);
    bool any = item_count > 0;
    for (size_t i = 0; i < row_count; i++) {
        any = any || rows[i].kind == QM_TAX_988;
    }
    if (!any) {
        return;
    }
    qm_json_key(w, "ordinary");
    qm_json_open_array(w);
    for (size_t i = 0; i < item_count; i++) {
        put_item(w, kinds[items[i].kind], items[i].event, items[i].date, items[i].amount);
    }
    for (size_t i = 0; i < row_count; i++) {
        if (rows[i].kind == QM_TAX_988) {
            put_item(w, "section_988", rows[i].sale, rows[i].sold, rows[i].gain);
        }
    }
    qm_json_close_array(w);
}

qm_status qm_tax_replay_write(const qm_tax_case *c, const qm_tax_replay *replay, qm_buf *out) {
    qm_json_writer w;
    qm_json_writer_init(&w, out);
    qm_json_open_object(&w);
    qm_status status = put_rows(&w, c, replay->tax);
    status = status == QM_OK ? put_open(&w, replay->tax) : status;
    qm_json_put_string(&w, "error", replay->error);
    status = status == QM_OK ? put_1256(&w, replay->tax) : status;
    put_ordinary(&w, replay->tax);
    qm_json_close_object(&w);
    return status == QM_OK ? out->status : status;
}
