/* SPDX-License-Identifier: MIT
 *
 * book.db: orders, transactions, decisions, equity.
 */
#include "store/book_internal.h"
#include "tax/event.h"

#include <stdlib.h>
#include <string.h>

enum { FLAG_SHORT = 1, FLAG_FRACTIONAL = 2, FLAG_TRIGGERED = 4, FLAG_COARSE = 8 };

/* Binds a run of integers from an index on. */
static void bind_ints(sqlite3_stmt *s, int first, const int64_t *values, int count) {
    for (int i = 0; i < count; i++) {
        sqlite3_bind_int64(s, first + i, values[i]);
    }
}

qm_status qm_book_put_order(qm_book *b, const char *sleeve, const qm_order *o, qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(
        &b->db, BK_PUT_ORDER,
        "INSERT OR REPLACE INTO orders VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
        " ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28)",
        err);
    if (!s) {
        return QM_EIO;
    }
    int64_t flags = (o->allow_short ? FLAG_SHORT : 0) | (o->fractional ? FLAG_FRACTIONAL : 0) |
                    (o->triggered ? FLAG_TRIGGERED : 0) | (o->coarse ? FLAG_COARSE : 0);
    const int64_t numbers[] = {o->qty.raw,
                               o->amount.raw,
                               o->limit.raw,
                               o->stop.raw,
                               o->want_qty.raw,
                               o->want_limit.raw,
                               o->want_stop.raw,
                               o->filled.raw,
                               o->filled_value.hi,
                               (int64_t)o->filled_value.lo,
                               flags,
                               o->created,
                               o->updated,
                               o->live_since,
                               o->session};
    sqlite3_bind_int64(s, 1, (int64_t)o->id);
    qm_db_bind_text(s, 2, sleeve);
    sqlite3_bind_int64(s, 3, o->instrument);
    sqlite3_bind_int64(s, 4, o->multiplier);
    sqlite3_bind_int64(s, 5, o->side);
    qm_db_bind_text(s, 6, qm_order_type_name(o->type));
    qm_db_bind_text(s, 7, qm_tif_name(o->tif));
    qm_db_bind_text(s, 8, qm_order_state_name(o->state));
    bind_ints(s, 9, numbers, 15);
    qm_db_bind_text(s, 24, o->reason);
    qm_db_bind_text(s, 25, o->rule);
    qm_db_bind_text(s, 26, o->limit_text);
    qm_db_bind_text(s, 27, o->value_text);
    qm_db_bind_text(s, 28, o->lots ? o->lots : "");
    return qm_db_run(&b->db, s, err);
}

static bool read_names(sqlite3_stmt *s, qm_order *o) {
    char text[32];
    qm_db_text(s, 5, text, sizeof text);
    bool ok = qm_order_type_parse(text, &o->type);
    qm_db_text(s, 6, text, sizeof text);
    ok = ok && qm_tif_parse(text, &o->tif);
    qm_db_text(s, 7, text, sizeof text);
    ok = ok && qm_order_state_parse(text, &o->state);
    qm_db_text(s, 23, o->reason, sizeof o->reason);
    qm_db_text(s, 24, o->rule, sizeof o->rule);
    qm_db_text(s, 25, o->limit_text, sizeof o->limit_text);
    qm_db_text(s, 26, o->value_text, sizeof o->value_text);
    qm_db_text(s, 27, text, sizeof text);
    qm_tax_method method = *text ? qm_tax_method_from(text) : QM_TAX_METHOD_COUNT;
    o->lots = method != QM_TAX_METHOD_COUNT ? qm_tax_method_name(method) : NULL;
    return ok && (o->lots || !*text);
}

static void read_numbers(sqlite3_stmt *s, qm_order *o) {
    int64_t v[15];
    for (int i = 0; i < 15; i++) {
        v[i] = sqlite3_column_int64(s, 8 + i);
    }
    o->qty.raw = v[0];
    o->amount.raw = v[1];
    o->limit.raw = v[2];
    o->stop.raw = v[3];
    o->want_qty.raw = v[4];
    o->want_limit.raw = v[5];
    o->want_stop.raw = v[6];
    o->filled.raw = v[7];
    o->filled_value = (qm_total){.hi = v[8], .lo = (uint64_t)v[9]};
    o->allow_short = v[10] & FLAG_SHORT;
    o->fractional = v[10] & FLAG_FRACTIONAL;
    o->triggered = v[10] & FLAG_TRIGGERED;
    o->coarse = v[10] & FLAG_COARSE;
    o->created = v[11];
    o->updated = v[12];
    o->live_since = v[13];
    o->session = (qm_date)v[14];
}

qm_status qm_book_load_orders(qm_book *b, qm_order_row_vec *out, qm_error *err) {
    sqlite3_stmt *s =
        qm_db_prepare(&b->db, BK_LOAD_ORDERS, "SELECT * FROM orders ORDER BY id", err);
    int more = s ? 1 : -1;
    while (more > 0 && (more = qm_db_step(&b->db, s, err)) > 0) {
        qm_order_row row = {.order = {.id = (uint64_t)sqlite3_column_int64(s, 0),
                                      .instrument = (qm_instrument_id)sqlite3_column_int64(s, 2),
                                      .multiplier = sqlite3_column_int64(s, 3),
                                      .side = (qm_side)sqlite3_column_int(s, 4)}};
        qm_db_text(s, 1, row.sleeve, sizeof row.sleeve);
        read_numbers(s, &row.order);
        qm_status status = read_names(s, &row.order) ? qm_vec_push(out, &row) : QM_EDATA;
        if (status != QM_OK) {
            sqlite3_reset(s);
            return qm_error_at(err, status, b->db.path, 0, 0, "order %llu: %s",
                               (unsigned long long)row.order.id, qm_status_text(status));
        }
    }
    return more < 0 ? QM_EIO : QM_OK;
}

qm_status qm_book_put_txn(qm_book *b, const char *sleeve, const qm_txn *t, qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(&b->db, BK_PUT_TXN,
                                    "INSERT INTO txns VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
                                    " ?10, ?11, ?12, ?13, ?14)",
                                    err);
    if (!s) {
        return QM_EIO;
    }
    const int64_t numbers[] = {(int64_t)t->seq, t->kind,       t->time,           t->date,
                               t->instrument,   t->multiplier, (int64_t)t->order, t->qty.raw,
                               t->price.raw,    t->fee.raw,    t->amount.raw,     t->num,
                               t->den};
    qm_db_bind_text(s, 1, sleeve);
    bind_ints(s, 2, numbers, 13);
    return qm_db_run(&b->db, s, err);
}

qm_status qm_book_load_txns(qm_book *b, const char *sleeve, qm_txn_vec *out, qm_error *err) {
    sqlite3_stmt *s =
        qm_db_prepare(&b->db, BK_LOAD_TXNS,
                      "SELECT seq, kind, time, date, instrument, multiplier, order_id, qty, price,"
                      " fee, amount, num, den FROM txns WHERE sleeve = ?1 ORDER BY seq",
                      err);
    if (!s) {
        return QM_EIO;
    }
    qm_db_bind_text(s, 1, sleeve);
    int more;
    while ((more = qm_db_step(&b->db, s, err)) > 0) {
        qm_txn t = {.seq = (uint64_t)sqlite3_column_int64(s, 0),
                    .kind = (qm_txn_kind)sqlite3_column_int(s, 1),
                    .time = sqlite3_column_int64(s, 2),
                    .date = sqlite3_column_int(s, 3),
                    .instrument = (qm_instrument_id)sqlite3_column_int64(s, 4),
                    .multiplier = sqlite3_column_int64(s, 5),
                    .order = (uint64_t)sqlite3_column_int64(s, 6),
                    .qty = {sqlite3_column_int64(s, 7)},
                    .price = {sqlite3_column_int64(s, 8)},
                    .fee = {sqlite3_column_int64(s, 9)},
                    .amount = {sqlite3_column_int64(s, 10)},
                    .num = sqlite3_column_int64(s, 11),
                    .den = sqlite3_column_int64(s, 12)};
        if (qm_vec_push(out, &t) != QM_OK) {
            sqlite3_reset(s);
            return qm_error_set(err, QM_ENOMEM, "out of memory");
        }
    }
    return more < 0 ? QM_EIO : QM_OK;
}

qm_status qm_book_put_decision(qm_book *b, const char *sleeve, const qm_decision_row *row,
                               qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(
        &b->db, BK_PUT_DECISION,
        "INSERT INTO decisions(sleeve, time, kind, symbol, json) VALUES(?1, ?2, ?3, ?4, ?5)", err);
    if (!s) {
        return QM_EIO;
    }
    qm_db_bind_text(s, 1, sleeve);
    sqlite3_bind_int64(s, 2, row->time);
    qm_db_bind_text(s, 3, row->kind);
    qm_db_bind_text(s, 4, row->symbol);
    sqlite3_bind_text64(s, 5, row->json, row->length, SQLITE_STATIC, SQLITE_UTF8);
    return qm_db_run(&b->db, s, err);
}

qm_status qm_decisions_walk(qm_db *db, sqlite3_stmt *s, const qm_decision_query *query,
                            int (*each)(void *data, const char *source, const qm_decision_row *row),
                            void *data, qm_error *err) {
    qm_db_bind_text(s, 1, query->symbol ? query->symbol : "");
    sqlite3_bind_int64(s, 2, query->from);
    sqlite3_bind_int64(s, 3, query->to);
    qm_db_bind_text(s, 4, query->kind ? query->kind : "");
    int more;
    while ((more = qm_db_step(db, s, err)) > 0) {
        qm_decision_row row = {.time = sqlite3_column_int64(s, 1),
                               .kind = (const char *)sqlite3_column_text(s, 2),
                               .symbol = (const char *)sqlite3_column_text(s, 3),
                               .json = (const char *)sqlite3_column_text(s, 4),
                               .length = (size_t)sqlite3_column_bytes(s, 4)};
        if (each(data, (const char *)sqlite3_column_text(s, 0), &row)) {
            break;
        }
    }
    sqlite3_reset(s);
    return more < 0 ? QM_EIO : QM_OK;
}

qm_status qm_book_each_decision(qm_book *b, const qm_decision_query *query,
                                int (*each)(void *data, const char *strategy,
                                            const qm_decision_row *row),
                                void *data, qm_error *err) {
    bool has_symbol = query->symbol && query->symbol[0];
    sqlite3_stmt *s =
        has_symbol ? qm_db_prepare(&b->db, BK_BY_SYMBOL,
                                   "SELECT sleeve, time, kind, symbol, json FROM decisions WHERE"
                                   " symbol = ?1 AND time >= ?2 AND time < ?3 AND"
                                   " (?4 = '' OR kind = ?4) ORDER BY id",
                                   err)
                   : qm_db_prepare(&b->db, BK_BY_KIND,
                                   "SELECT sleeve, time, kind, symbol, json FROM decisions WHERE"
                                   " kind = ?4 AND time >= ?2 AND time < ?3 AND ?1 = ''"
                                   " ORDER BY id",
                                   err);
    return s ? qm_decisions_walk(&b->db, s, query, each, data, err) : QM_EIO;
}

qm_status qm_book_put_equity(qm_book *b, const char *sleeve, const qm_equity_row *row,
                             qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(&b->db, BK_PUT_EQUITY,
                                    "INSERT OR REPLACE INTO equity VALUES(?1, ?2, ?3, ?4)", err);
    if (!s) {
        return QM_EIO;
    }
    char equity[QM_TOTAL_BUF], cash[QM_TOTAL_BUF];
    qm_total_format(row->equity, equity);
    qm_total_format(row->cash, cash);
    qm_db_bind_text(s, 1, sleeve);
    sqlite3_bind_int64(s, 2, row->time);
    qm_db_bind_text(s, 3, equity);
    qm_db_bind_text(s, 4, cash);
    return qm_db_run(&b->db, s, err);
}

qm_status qm_book_load_equity(qm_book *b, const char *sleeve, qm_equity_row_vec *out,
                              qm_error *err) {
    sqlite3_stmt *s =
        qm_db_prepare(&b->db, BK_LOAD_EQUITY,
                      "SELECT time, equity, cash FROM equity WHERE sleeve = ?1 ORDER BY time", err);
    if (!s) {
        return QM_EIO;
    }
    qm_db_bind_text(s, 1, sleeve);
    int more;
    while ((more = qm_db_step(&b->db, s, err)) > 0) {
        qm_equity_row row = {.time = sqlite3_column_int64(s, 0)};
        char text[QM_TOTAL_BUF];
        qm_db_text(s, 1, text, sizeof text);
        qm_status status = qm_total_parse(text, strlen(text), &row.equity);
        qm_db_text(s, 2, text, sizeof text);
        status = status == QM_OK ? qm_total_parse(text, strlen(text), &row.cash) : status;
        status = status == QM_OK ? qm_vec_push(out, &row) : status;
        if (status != QM_OK) {
            sqlite3_reset(s);
            return qm_error_at(err, status, b->db.path, 0, 0, "equity of %s: %s", sleeve,
                               qm_status_text(status));
        }
    }
    return more < 0 ? QM_EIO : QM_OK;
}
