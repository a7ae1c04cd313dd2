/* SPDX-License-Identifier: MIT
 *
 * Decisions in their canonical form: {"data":...,"kind":...,"symbol":...,"time":...}, keys sorted,
 * exact decimals as strings. The hash of a strategy is a chain: SHA-256(hash so far, text).
 */
#include "engine/internal.h"

#include <stdio.h>
#include <string.h>

static const char *const KINDS[] = {"intent", "cancel", "replace", "signal",  "skip",
                                    "notify", "state",  "error",   "transfer"};

const char *qm_decision_kind_name(qm_decision_kind kind) {
    return KINDS[kind];
}

static void canonical(const sleeve *s, const qm_decision *d, qm_buf *out) {
    const qm_instrument *info = qm_instruments_get(s->engine->config.instruments, d->instrument);
    qm_json_writer w;
    qm_buf_clear(out);
    qm_buf_puts(out, "{\"data\":");
    qm_buf_append(out, d->json, d->length);
    qm_buf_putc(out, ',');
    char time[QM_TIME_BUF];
    qm_time_format(d->time, time);
    qm_buf_puts(out, "\"kind\":\"");
    qm_buf_puts(out, KINDS[d->kind]);
    qm_buf_puts(out, "\",\"symbol\":");
    qm_json_writer_init(&w, out);
    qm_json_string(&w, info ? info->symbol : NULL);
    qm_buf_puts(out, ",\"time\":\"");
    qm_buf_puts(out, time);
    qm_buf_puts(out, "\"}");
}

static qm_status remember(sleeve *s, const qm_decision *d) {
    qm_engine *e = s->engine;
    if (!e->config.book) {
        return QM_OK;
    }
    unsaved_decision u = {d->kind, s, d->time, d->instrument, e->unsaved_text.length, d->length};
    qm_buf_append(&e->unsaved_text, d->json, d->length);
    return e->unsaved_text.status == QM_OK ? qm_vec_push(&e->unsaved, &u) : e->unsaved_text.status;
}

static qm_status take(sleeve *s, const qm_decision *d) {
    qm_engine *e = s->engine;
    canonical(s, d, &e->text);
    if (e->text.status != QM_OK) {
        return e->text.status;
    }
    qm_sha256 hash;
    qm_sha256_init(&hash);
    qm_sha256_update(&hash, s->chain, sizeof s->chain);
    qm_sha256_update(&hash, e->text.data, e->text.length);
    qm_sha256_final(&hash, s->chain);
    s->decisions++;
    s->row_dirty = true;
    if (e->config.keep_decisions) {
        qm_buf_append(&s->log, e->text.data, e->text.length);
        qm_buf_putc(&s->log, '\n');
    }
    if (e->config.observer.on_decision) {
        e->config.observer.on_decision(e->config.observer.data, d);
    }
    return remember(s, d);
}

qm_status qm_sleeve_decide(sleeve *s, qm_decision_kind kind, qm_instrument_id instrument,
                           const qm_buf *json) {
    if (json->status != QM_OK) {
        return qm_engine_fail(s->engine, json->status, "a decision of %s could not be written",
                              s->bound->spec.name);
    }
    qm_decision d = {.kind = kind,
                     .strategy = s->index,
                     .time = s->engine->now,
                     .instrument = instrument,
                     .json = json->data,
                     .length = json->length};
    qm_status status = take(s, &d);
    s->engine->dirty = true;
    return status == QM_OK ? QM_OK : qm_engine_fail(s->engine, status, "out of memory");
}

qm_status qm_sleeve_count_rule(sleeve *s, const char *rule) {
    for (size_t i = 0; i < s->funnel.length; i++) {
        if (strcmp(s->funnel.items[i].rule, rule) == 0) {
            s->funnel.items[i].count++;
            return QM_OK;
        }
    }
    qm_funnel_row row = {.count = 1};
    snprintf(row.rule, sizeof row.rule, "%s", rule);
    return qm_vec_push(&s->funnel, &row);
}

static void put_price(qm_json_writer *w, const char *key, qm_decimal value) {
    if (value.raw != 0) {
        qm_json_put_decimal(w, key, value);
    }
}

static void put_text(qm_json_writer *w, const char *key, const char *text) {
    if (text[0]) {
        qm_json_put_string(w, key, text);
    }
}

/* Starts an object in the engine's scratch buffer. */
static qm_buf *begin(sleeve *s, qm_json_writer *w) {
    qm_buf *json = &s->engine->json;
    qm_buf_clear(json);
    qm_json_writer_init(w, json);
    qm_json_open_object(w);
    return json;
}

qm_status qm_sleeve_decide_order(sleeve *s, const qm_order *order) {
    qm_json_writer w;
    qm_buf *json = begin(s, &w);
    put_price(&w, "amount", order->amount);
    put_price(&w, "limit", order->limit);
    put_text(&w, "limit_text", order->limit_text);
    qm_json_put_count(&w, "order", order->id);
    put_price(&w, "qty", order->qty);
    put_text(&w, "reason", order->reason);
    put_text(&w, "rule", order->rule);
    qm_json_put_string(&w, "side", qm_side_name(order->side));
    put_price(&w, "stop", order->stop);
    qm_json_put_string(&w, "tif", qm_tif_name(order->tif));
    qm_json_put_string(&w, "type", qm_order_type_name(order->type));
    put_text(&w, "value_text", order->value_text);
    qm_json_close_object(&w);
    return qm_sleeve_decide(s, QM_DECISION_INTENT, order->instrument, json);
}

qm_status qm_sleeve_decide_change(sleeve *s, const qm_order *order, const qm_order_change *change) {
    qm_json_writer w;
    qm_buf *json = begin(s, &w);
    if (change) {
        put_price(&w, "limit", change->limit);
    }
    qm_json_put_count(&w, "order", order->id);
    if (change) {
        put_price(&w, "qty", change->qty);
        put_price(&w, "stop", change->stop);
    }
    qm_json_close_object(&w);
    return qm_sleeve_decide(s, change ? QM_DECISION_REPLACE : QM_DECISION_CANCEL, order->instrument,
                            json);
}

qm_status qm_ctx_record(qm_engine *e, uint32_t index, qm_decision_kind kind,
                        qm_instrument_id instrument, const qm_buf *json) {
    sleeve *s = qm_engine_at(e, index);
    return e->current == s ? qm_sleeve_decide(s, kind, instrument, json) : QM_ESTATE;
}

qm_status qm_ctx_skip(qm_engine *e, uint32_t index, const qm_skip_note *skip) {
    sleeve *s = qm_engine_at(e, index);
    if (e->current != s) {
        return QM_ESTATE;
    }
    qm_json_writer w;
    qm_buf *json = begin(s, &w);
    if (skip->limit) {
        qm_json_put_string(&w, "limit", skip->limit);
    }
    qm_json_put_string(&w, "rule", skip->rule);
    if (skip->value) {
        qm_json_put_string(&w, "value", skip->value);
    }
    qm_json_close_object(&w);
    qm_status status = qm_sleeve_count_rule(s, skip->rule);
    return status == QM_OK ? qm_sleeve_decide(s, QM_DECISION_SKIP, skip->instrument, json) : status;
}

const char *qm_engine_decision_log(const qm_engine *e, uint32_t index) {
    const sleeve *s = qm_engine_at(e, index);
    return s->log.data ? s->log.data : "";
}

qm_status qm_engine_decision_hash(qm_engine *e, uint32_t index, char out[QM_SHA256_HEX],
                                  qm_error *err) {
    sleeve *s = qm_engine_at(e, index);
    qm_buf state;
    qm_buf_init(&state, 64 << 20);
    qm_status status = QM_OK;
    if (s->bound->ops->save) {
        status = s->bound->ops->save(s->bound->self, &state, err);
    }
    if (status == QM_OK) {
        status = state.status;
    }
    if (status == QM_OK) {
        uint8_t digest[QM_SHA256_SIZE];
        qm_sha256 hash;
        qm_sha256_init(&hash);
        qm_sha256_update(&hash, s->chain, sizeof s->chain);
        qm_sha256_update(&hash, state.data ? state.data : "", state.length);
        qm_sha256_final(&hash, digest);
        qm_sha256_hex(digest, out);
    }
    qm_buf_fini(&state);
    return status;
}
