/* SPDX-License-Identifier: MIT
 *
 * What is new since the last commit goes into the book in one transaction.
 */
#include "engine/internal.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>

void qm_engine_order_dirty(qm_engine *e, uint64_t id) {
    e->dirty = true;
    if (!e->config.book) {
        return;
    }
    for (size_t i = e->changed_orders.length; i > 0; i--) {
        if (e->changed_orders.items[i - 1] == id) {
            return;
        }
    }
    if (qm_vec_push(&e->changed_orders, &id) != QM_OK) {
        qm_engine_fail(e, QM_ENOMEM, "out of memory");
    }
}

static qm_status put_orders(qm_engine *e, qm_error *err) {
    qm_status status = QM_OK;
    for (size_t i = 0; status == QM_OK && i < e->changed_orders.length; i++) {
        const qm_order *order = qm_order_book_get(e->orders, e->changed_orders.items[i]);
        const char *name = qm_engine_at(e, order->strategy)->bound->spec.name;
        status = qm_book_put_order(e->config.book, name, order, err);
    }
    return status;
}

static qm_status put_decisions(qm_engine *e, qm_error *err) {
    qm_status status = QM_OK;
    for (size_t i = 0; status == QM_OK && i < e->unsaved.length; i++) {
        const unsaved_decision *u = &e->unsaved.items[i];
        const qm_instrument *info = qm_instruments_get(e->config.instruments, u->instrument);
        qm_decision_row row = {.time = u->time,
                               .kind = qm_decision_kind_name(u->kind),
                               .symbol = info ? info->symbol : "",
                               .json = e->unsaved_text.data + u->offset,
                               .length = u->length};
        status = qm_book_put_decision(e->config.book, u->sleeve->bound->spec.name, &row, err);
    }
    return status;
}

/* With late bars the cursor, a time of arrival, does not say which bars have been seen. */
static qm_status put_bars(qm_engine *e, qm_error *err) {
    qm_status status = QM_OK;
    for (size_t i = 0; status == QM_OK && e->config.late_bars && i < e->slot_capacity; i++) {
        const qm_bars *bars = e->slots[i] ? &e->slots[i]->base->series->bars : NULL;
        if (bars && bars->n > 0 && bars->time[bars->n - 1] != e->slots[i]->saved_bar) {
            char key[32], value[32];
            snprintf(key, sizeof key, "bar:%u", e->slots[i]->id);
            snprintf(value, sizeof value, "%lld", (long long)bars->time[bars->n - 1]);
            status = qm_book_put_value(e->config.book, key, value, err);
        }
    }
    return status;
}

/* Funnel, unsettled sales, dividends to come and counters of a sleeve, as JSON. */
static void write_extra(const sleeve *s, qm_buf *out) {
    qm_json_writer w;
    char text[QM_TIME_BUF];
    qm_json_writer_init(&w, out);
    qm_json_open_object(&w);
    qm_json_key(&w, "dividends");
    qm_json_open_array(&w);
    for (size_t i = 0; i < s->dividends.length; i++) {
        const dividend_due *due = &s->dividends.items[i];
        qm_json_open_array(&w);
        snprintf(text, sizeof text, "%lld", (long long)due->due);
        qm_json_string(&w, text);
        qm_json_int(&w, due->instrument);
        qm_json_decimal(&w, due->amount);
        qm_json_int(&w, due->ex);
        qm_json_close_array(&w);
    }
    qm_json_close_array(&w);
    qm_json_key(&w, "funnel");
    qm_json_open_array(&w);
    for (size_t i = 0; i < s->funnel.length; i++) {
        qm_json_open_array(&w);
        qm_json_string(&w, s->funnel.items[i].rule);
        qm_json_int(&w, (int64_t)s->funnel.items[i].count);
        qm_json_close_array(&w);
    }
    qm_json_close_array(&w);
    qm_json_put_count(&w, "generation", s->generation);
    qm_json_put_decimal(&w, "reserve", s->reserve);
    qm_json_put_count(&w, "timer_ids", s->timer_ids);
    qm_json_key(&w, "unsettled");
    qm_json_open_array(&w);
    for (size_t i = 0; i < s->unsettled.length; i++) {
        qm_json_open_array(&w);
        qm_json_int(&w, s->unsettled.items[i].settles);
        qm_json_decimal(&w, s->unsettled.items[i].amount);
        qm_json_close_array(&w);
    }
    qm_json_close_array(&w);
    qm_json_close_object(&w);
}

static const char *run_state_name(qm_run_state state) {
    static const char *const names[] = {"running", "running", "stopped", "faulted"};
    return names[state];
}

/* The sleeve's own row with its state; unchanged states cost a hash, no write. */
static qm_status put_row(sleeve *s, qm_error *err) {
    qm_engine *e = s->engine;
    qm_buf state;
    qm_buf_init(&state, 64 << 20);
    qm_status status = QM_OK;
    if (s->bound->ops->save) {
        status = s->bound->ops->save(s->bound->self, &state, err);
    }
    uint8_t digest[QM_SHA256_SIZE];
    qm_sha256 hash;
    qm_sha256_init(&hash);
    qm_sha256_update(&hash, state.data ? state.data : "", state.length);
    qm_sha256_final(&hash, digest);
    bool changed = s->row_dirty || memcmp(digest, s->saved_state, sizeof digest) != 0;
    if (status == QM_OK && changed) {
        qm_sleeve_row row = {.params_json = s->params_json,
                             .state = state.data,
                             .state_length = state.length,
                             .state_version = s->bound->spec.version,
                             .decisions = s->decisions};
        snprintf(row.name, sizeof row.name, "%s", s->bound->spec.name);
        snprintf(row.file, sizeof row.file, "%s", s->file);
        snprintf(row.preset, sizeof row.preset, "%s", s->preset);
        snprintf(row.account, sizeof row.account, "%s", qm_account_kind_name(s->account));
        snprintf(row.account_name, sizeof row.account_name, "%s", s->account_name);
        snprintf(row.account_type, sizeof row.account_type, "%s", s->account_type);
        snprintf(row.lot_method, sizeof row.lot_method, "%s", qm_tax_method_name(s->method));
        snprintf(row.source_hash, sizeof row.source_hash, "%s", s->source_hash);
        snprintf(row.status, sizeof row.status, "%s", run_state_name(s->state));
        snprintf(row.message, sizeof row.message, "%.255s", s->fault);
        memcpy(row.decision_hash, s->chain, sizeof row.decision_hash);
        status = qm_book_put_sleeve(e->config.book, &row, err);
        memcpy(s->saved_state, digest, sizeof digest);
    }
    if (status == QM_OK && changed) {
        char key[QM_NAME_MAX + 8];
        qm_buf_clear(&state);
        write_extra(s, &state);
        snprintf(key, sizeof key, "extra:%s", s->bound->spec.name);
        status = state.status == QM_OK ? qm_book_put_value(e->config.book, key, state.data, err)
                                       : state.status;
    }
    qm_buf_fini(&state);
    return status;
}

static qm_status put_sleeve(sleeve *s, qm_error *err) {
    qm_book *book = s->engine->config.book;
    const char *name = s->bound->spec.name;
    qm_status status = s->ran || s->row_dirty ? put_row(s, err) : QM_OK;
    const qm_txn *txns;
    size_t count = qm_ledger_txns(s->ledger, &txns);
    for (size_t i = s->txns_saved; status == QM_OK && i < count; i++) {
        status = qm_book_put_txn(book, name, &txns[i], err);
    }
    for (size_t i = s->curve_saved; status == QM_OK && i < s->curve.length; i++) {
        status = qm_book_put_equity(book, name, &s->curve.items[i], err);
    }
    for (size_t i = 0; status == QM_OK && i < s->agenda.length; i++) {
        const agenda_item *item = &s->agenda.items[i];
        if (item->dirty) {
            status = qm_book_put_schedule(book, name, item->schedule.name, item->last, err);
        }
    }
    if (status == QM_OK && s->timers_dirty) {
        status = qm_book_put_timers(book, name, s->timers.items, s->timers.length, err);
    }
    return status;
}

static void all_is_saved(qm_engine *e) {
    for (size_t i = 0; i < e->sleeves.length; i++) {
        sleeve *s = e->sleeves.items[i];
        const qm_txn *txns;
        s->txns_saved = qm_ledger_txns(s->ledger, &txns);
        s->curve_saved = s->curve.length;
        s->ran = s->row_dirty = s->timers_dirty = false;
        for (size_t k = 0; k < s->agenda.length; k++) {
            s->agenda.items[k].dirty = false;
        }
    }
    for (size_t i = 0; i < e->slot_capacity; i++) {
        const qm_bars *bars = e->slots[i] ? &e->slots[i]->base->series->bars : NULL;
        if (bars && bars->n > 0) {
            e->slots[i]->saved_bar = bars->time[bars->n - 1];
        }
    }
    e->changed_orders.length = 0;
    e->unsaved.length = 0;
    qm_buf_clear(&e->unsaved_text);
    e->dirty = false;
}

qm_status qm_engine_persist(qm_engine *e, qm_error *err) {
    qm_book *book = e->config.book;
    qm_status status = qm_book_begin(book, err);
    if (status != QM_OK) {
        return status;
    }
    for (size_t i = 0; status == QM_OK && i < e->sleeves.length; i++) {
        status = put_sleeve(e->sleeves.items[i], err);
    }
    if (status == QM_OK) {
        status = put_orders(e, err);
    }
    if (status == QM_OK) {
        status = put_decisions(e, err);
    }
    if (status == QM_OK) {
        status = put_bars(e, err);
    }
    if (status == QM_OK) {
        char cursor[32];
        snprintf(cursor, sizeof cursor, "%lld", (long long)e->cursor);
        status = qm_book_put_value(book, "cursor_time", cursor, err);
    }
    if (status == QM_OK) {
        status = qm_book_commit(book, err);
    }
    if (status != QM_OK) {
        qm_book_rollback(book);
        return status;
    }
    all_is_saved(e);
    return QM_OK;
}
