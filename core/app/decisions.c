/* SPDX-License-Identifier: MIT */
#include "app/decisions.h"

#include "base/mem.h"
#include "base/tz.h"
#include "codec/json.h"
#include "loop/loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RECORD_MAX = 256 << 20, PART = 256 };

static qm_status of_book(const char *folder, const qm_decision_query *query, qm_each_decision each,
                         void *data, qm_error *err) {
    char path[4200];
    qm_book *book;
    snprintf(path, sizeof path, "%s/book.db", folder);
    if (access(path, F_OK) != 0) {
        return QM_OK;
    }
    qm_status status = qm_book_open(path, QM_DB_READ, &book, err);
    if (status == QM_OK) {
        status = qm_book_each_decision(book, query, each, data, err);
        qm_book_close(book);
    }
    return status;
}

static qm_status of_journal(const char *folder, const qm_decision_query *query,
                            qm_each_decision each, void *data, qm_error *err) {
    char path[4200];
    qm_journal *journal;
    snprintf(path, sizeof path, "%s/journal.db", folder);
    if (access(path, F_OK) != 0) {
        return QM_OK;
    }
    qm_status status = qm_journal_open(path, QM_DB_READ, &journal, err);
    if (status == QM_OK) {
        status = qm_journal_each_decision(journal, query, each, data, err);
        qm_journal_close(journal);
    }
    return status;
}

qm_status qm_decisions_each(const qm_args *args, const qm_decision_query *query,
                            qm_each_decision each, void *data, qm_error *err) {
    char folder[4096];
    qm_desk_folder(args, folder, sizeof folder);
    qm_status status = of_book(folder, query, each, data, err);
    return status == QM_OK ? of_journal(folder, query, each, data, err) : status;
}

void qm_decision_text(const qm_json *object, const char *key, char *out, size_t size) {
    const qm_json *value = qm_json_get(object, key);
    const char *text = qm_json_text(value);
    double number;
    out[0] = 0;
    if (text) {
        snprintf(out, size, "%s", text);
    } else if (qm_json_number(value, &number)) {
        snprintf(out, size, "%.10g", number);
    }
}

/* "2.4 < 3"; without two numbers "unknown (limit known)". */
static void compare(const char *value, const char *limit, qm_buf *out) {
    char *value_end, *limit_end;
    double a = strtod(value, &value_end), b = strtod(limit, &limit_end);
    if (value[0] && limit[0] && !*value_end && !*limit_end) {
        qm_buf_printf(out, " %s %s %s", value, a < b ? "<" : a > b ? ">" : "=", limit);
    } else if (value[0]) {
        qm_buf_printf(out, limit[0] ? " %s (limit %s)" : " %s", value, limit);
    } else if (limit[0]) {
        qm_buf_printf(out, " (limit %s)", limit);
    }
}

/* The text of a key, behind `before` when there is one. */
static void put_text(const qm_json *o, const char *key, const char *before, qm_buf *out) {
    char text[PART];
    qm_decision_text(o, key, text, sizeof text);
    if (text[0]) {
        qm_buf_printf(out, "%s%s", before, text);
    }
}

static void put_rule(const qm_json *o, const char *value_key, const char *limit_key, qm_buf *out) {
    char value[PART], limit[PART];
    qm_decision_text(o, value_key, value, sizeof value);
    qm_decision_text(o, limit_key, limit, sizeof limit);
    put_text(o, "rule", "", out);
    compare(value, limit, out);
}

static void describe_order(const qm_json *o, qm_buf *out) {
    put_text(o, "side", "", out);
    put_text(o, qm_json_get(o, "qty") ? "qty" : "amount", " ", out);
    put_text(o, "type", " ", out);
    put_text(o, qm_json_get(o, "limit") ? "limit" : "stop", " ", out);
    put_text(o, "reason", ": ", out);
    if (qm_json_get(o, "rule")) {
        qm_buf_puts(out, "; refused: ");
        put_rule(o, "value_text", "limit_text", out);
    }
}

void qm_decision_describe(const qm_decision_row *row, qm_buf *out) {
    qm_json *root = NULL;
    qm_buf_clear(out);
    if (qm_json_parse(row->json, row->length, &root, NULL) != QM_OK) {
        qm_buf_append(out, row->json, row->length);
    } else if (strcmp(row->kind, "skip") == 0) {
        put_rule(root, "value", "limit", out);
    } else if (strcmp(row->kind, "intent") == 0) {
        describe_order(root, out);
    } else {
        qm_buf_puts(out, row->kind);
        put_text(root, "kind", " ", out);
        put_text(root, "reason", ": ", out);
        put_text(root, "text", ": ", out);
    }
    qm_json_free(root);
}

void qm_decisions_day(qm_date day, qm_decision_query *query) {
    query->from = qm_tz_from_local(qm_tz_new_york(), day, 0);
    query->to = qm_tz_from_local(qm_tz_new_york(), day + 1, 0);
}

qm_status qm_decisions_since(const qm_args *args, qm_time *out, qm_error *err) {
    const char *text = qm_args_get(args, "since", NULL);
    qm_date day;
    *out = QM_TIME_NONE;
    if (text && qm_date_parse(text, strlen(text), &day) != QM_OK) {
        return qm_error_set(err, QM_EUSAGE, "--since \"%s\" is no date (2007-01-03)", text);
    }
    if (text) {
        *out = qm_tz_from_local(qm_tz_new_york(), day, 0);
    }
    return QM_OK;
}

void qm_recorder_init(qm_recorder *r, const char *kind, qm_instruments *instruments) {
    *r = (qm_recorder){.instruments = instruments};
    r->row = (qm_run_row){.started = qm_loop_now(NULL),
                          .ended = QM_TIME_NONE,
                          .from = QM_TIME_NONE,
                          .to = QM_TIME_NONE};
    snprintf(r->row.kind, sizeof r->row.kind, "%s", kind);
    qm_buf_init(&r->text, RECORD_MAX);
}

void qm_recorder_fini(qm_recorder *r) {
    qm_run_row_fini(&r->row);
    qm_buf_fini(&r->text);
    qm_vec_fini(&r->items);
}

void qm_recorder_take(void *data, const qm_decision *decision) {
    qm_recorder *r = data;
    qm_decision kept = *decision;
    kept.json = NULL;
    size_t offset = r->text.length;
    qm_buf_append(&r->text, decision->json, decision->length);
    qm_buf_putc(&r->text, 0);
    r->full = r->full || r->text.status != QM_OK || qm_vec_push(&r->items, &kept) != QM_OK;
    if (r->full) {
        r->text.length = offset;
    }
}

void qm_run_row_end(qm_run_row *row, qm_engine *engine, uint32_t index) {
    qm_sleeve_view view = qm_engine_sleeve(engine, index);
    const qm_equity_row *curve;
    size_t points = qm_engine_equity_curve(engine, index, &curve);
    row->ended = qm_loop_now(NULL);
    snprintf(row->strategy, sizeof row->strategy, "%s", view.spec->name);
    snprintf(row->account, sizeof row->account, "%s", qm_account_kind_name(view.account));
    snprintf(row->state, sizeof row->state, "%s", view.fault[0] ? "faulted" : "stopped");
    snprintf(row->message, sizeof row->message, "%s", view.fault);
    qm_total_format(qm_engine_equity(engine, index), row->equity);
    qm_engine_decision_hash(engine, index, row->decision_hash, NULL);
    row->decisions = (int64_t)view.decisions;
    const qm_txn *txns;
    size_t count = qm_ledger_txns(view.ledger, &txns);
    for (size_t i = 0; i < count; i++) {
        row->fills += txns[i].kind == QM_TXN_TRADE;
    }
    if (points > 0) {
        row->from = curve[0].time;
        row->to = curve[points - 1].time;
    }
}

typedef struct place {
    qm_instrument_id instrument;
    uint32_t index;
    size_t offset; /* of the JSON */
} place;

static int by_instrument(const void *x, const void *y) {
    const place *a = x, *b = y;
    if (a->instrument != b->instrument) {
        return a->instrument < b->instrument ? -1 : 1;
    }
    return (a->index > b->index) - (a->index < b->index);
}

/* Symbol by symbol, as the index over them lies: several times as fast as in order of time. */
static qm_status put_decisions(const qm_recorder *r, qm_journal *j, qm_error *err) {
    size_t offset = 0;
    place *order = qm_reallocarray(NULL, r->items.length + 1, sizeof *order);
    qm_status status = order ? QM_OK : qm_error_set(err, QM_ENOMEM, "out of memory");
    for (size_t i = 0; status == QM_OK && i < r->items.length; i++) {
        order[i] = (place){r->items.items[i].instrument, (uint32_t)i, offset};
        offset += r->items.items[i].length + 1;
    }
    if (status == QM_OK) {
        qsort(order, r->items.length, sizeof *order, by_instrument);
    }
    for (size_t i = 0; status == QM_OK && i < r->items.length; i++) {
        const qm_decision *d = &r->items.items[order[i].index];
        const qm_instrument *info = qm_instruments_get(r->instruments, d->instrument);
        qm_decision_row row = {.time = d->time,
                               .kind = qm_decision_kind_name(d->kind),
                               .symbol = info ? info->symbol : "",
                               .json = r->text.data + order[i].offset,
                               .length = d->length};
        status = qm_journal_put_decision(j, r->row.id, &row, err);
    }
    qm_free(order);
    return status;
}

static qm_status put_all(qm_recorder *r, qm_journal *j, qm_error *err) {
    qm_status status = qm_journal_put_run(j, &r->row, err);
    if (status == QM_OK) {
        status = qm_journal_keep_only(j, r->row.strategy, r->row.id, err);
    }
    return status == QM_OK ? put_decisions(r, j, err) : status;
}

qm_status qm_recorder_write(qm_recorder *r, const char *folder, qm_error *err) {
    char path[4200];
    qm_journal *j;
    if (access(folder, F_OK) != 0) {
        return QM_OK;
    }
    snprintf(path, sizeof path, "%s/journal.db", folder);
    qm_status status = qm_journal_open(path, QM_DB_CREATE, &j, err);
    if (status != QM_OK) {
        return status;
    }
    status = qm_journal_begin(j, err);
    if (status == QM_OK) {
        status = put_all(r, j, err);
    }
    if (status == QM_OK) {
        status = qm_journal_commit(j, err);
    }
    if (status != QM_OK) {
        qm_journal_rollback(j);
    }
    qm_journal_close(j);
    return status;
}
