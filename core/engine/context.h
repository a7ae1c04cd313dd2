/* SPDX-License-Identifier: MIT
 *
 * context.h: what a strategy may ask of the engine while one of its callbacks runs. The C side of
 * Lua's ctx.
 *
 * `s` is the strategy's index. Calls that act (orders, timers, records) are only allowed inside a
 * callback (QM_ESTATE otherwise).
 */
#ifndef QM_ENGINE_CONTEXT_H
#define QM_ENGINE_CONTEXT_H

#include "engine/engine.h"

/* Sends an order: checks its shape (QM_EINVAL: misuse, nothing recorded), the universe and job
 * rule, asks the risk gate (state refused is no error), records the intent. *out is the engine's
 * order, valid until the engine is freed. request: instrument, side, type, tif, qty or amount,
 * limit, stop, allow_short, reason. */
qm_status qm_ctx_order(qm_engine *engine, uint32_t s, const qm_order *request, const qm_order **out,
                       qm_error *err);
/* QM_ENOTFOUND, QM_ESTATE (already final). */
qm_status qm_ctx_cancel(qm_engine *engine, uint32_t s, uint64_t order, qm_error *err);
qm_status qm_ctx_replace(qm_engine *engine, uint32_t s, uint64_t order,
                         const qm_order_change *change, qm_error *err);
/* Own orders only; NULL otherwise. */
const qm_order *qm_ctx_find_order(const qm_engine *engine, uint32_t s, uint64_t order);

/* Whether an instrument is in the strategy's universe today: always, without dates. */
bool qm_ctx_member(const qm_engine *engine, uint32_t s, qm_instrument_id instrument);
/* Moves cash from the sleeve to its reserve (amount > 0) or back (< 0): a withdrawal or deposit in
 * the books. QM_EINSUFFICIENT: more than is free (cash that no order and no settlement waits for),
 * or than the reserve holds. */
qm_status qm_ctx_transfer(qm_engine *engine, uint32_t s, qm_decimal amount, qm_error *err);
qm_decimal qm_ctx_reserve(const qm_engine *engine, uint32_t s);

/* Series of a symbol of the universe (or of a declared input); NULL when the strategy has no right
 * to it. tf count 0: the strategy's timeframe. */
const qm_series *qm_ctx_series(const qm_engine *engine, uint32_t s, qm_instrument_id instrument,
                               qm_timeframe tf);
/* An indicator on it, warmed from the anchor: info, params and column of `input` count, its
 * instrument and timeframe name the series. */
qm_status qm_ctx_tap(qm_engine *engine, uint32_t s, const qm_input_spec *input, const qm_tap **out);
/* Last price (close of the newest bar, or a later opening trade) and its time; false when there is
 * none. */
bool qm_ctx_price(const qm_engine *engine, qm_instrument_id instrument, qm_decimal *price,
                  qm_time *time);
/* The last quote; false when there was none. */
bool qm_ctx_quote(const qm_engine *engine, qm_instrument_id instrument, qm_quote *out);
/* Market value of a position at the last price, exact. */
qm_status qm_ctx_value(const qm_engine *engine, uint32_t s, qm_instrument_id instrument,
                       qm_decimal *out);
qm_total qm_ctx_buying_power(const qm_engine *engine, uint32_t s);
/* Quantity of open orders of the instrument: buys less sells (those with a quantity) and the money
 * of open buys by amount. */
void qm_ctx_working(const qm_engine *engine, uint32_t s, qm_instrument_id instrument,
                    qm_decimal *qty, qm_decimal *amount);

/* The tax book of all sleeves, up to date. It belongs to the engine and lives until the next event.
 * Errors as of qm_tax_apply. */
qm_status qm_ctx_tax(qm_engine *engine, qm_tax **out, qm_error *err);
const qm_tax_rates *qm_ctx_rates(const qm_engine *engine);
/* A trade of the strategy's account today, as an event to preview. qty > 0. */
qm_status qm_ctx_tax_event(const qm_engine *engine, uint32_t s, const qm_order *order,
                           qm_decimal price, qm_tax_event *out);

/* Records. json must be canonical. kind SIGNAL or NOTIFY. */
qm_status qm_ctx_record(qm_engine *engine, uint32_t s, qm_decision_kind kind,
                        qm_instrument_id instrument, const qm_buf *json);
/* A decision not taken: rule, value and limit are texts of what was compared (value and limit may
 * be NULL). */
typedef struct qm_skip_note {
    qm_instrument_id instrument; /* 0: none */
    const char *rule, *value, *limit;
} qm_skip_note;
qm_status qm_ctx_skip(qm_engine *engine, uint32_t s, const qm_skip_note *skip);
/* Calls on_timer(callback, data) after_ns (> 0, at most a century) from now, once or again and
 * again. callback and data are copied; data may be NULL. */
typedef struct qm_timer_request {
    int64_t after_ns;
    bool repeat;
    const char *callback;
    const char *data;
    size_t length;
} qm_timer_request;
qm_status qm_ctx_timer(qm_engine *engine, uint32_t s, const qm_timer_request *request,
                       uint64_t *id);
bool qm_ctx_timer_cancel(qm_engine *engine, uint32_t s, uint64_t id);

#endif
