/* SPDX-License-Identifier: MIT
 *
 * A walk over the ledger's transactions. Prices of different days are compared in shares of the end
 * of the run, as the series has them; amounts are those of their day.
 */
#include "report/round_trips.h"

#include "base/calendar.h"
#include "engine/context.h"

#include <math.h>

typedef struct open_trip {
    qm_round_trip trip;
    int64_t multiplier;
    qm_decimal qty;      /* held, signed */
    double units, money; /* of all entries, in shares of the end */
    qm_time seen;        /* bars that began before are looked at */
    double risk;         /* money to the first stop; NaN: none; infinite: not looked for yet */
    uint64_t next_order; /* orders before it are older than the entry */
} open_trip;

typedef struct walk {
    const qm_engine *engine;
    uint32_t index;
    qm_round_trips *out;
    QM_VEC(open_trip) open;
    uint64_t next_order; /* orders before it are older than any entry to come */
} walk;

/* A fill, or what is left of it. */
typedef struct part {
    const qm_txn *txn;
    qm_decimal qty, fee;
} part;

void qm_round_trips_fini(qm_round_trips *trips) {
    qm_vec_fini(&trips->closed);
}

static open_trip *find(walk *w, qm_instrument_id id) {
    for (size_t i = 0; i < w->open.length; i++) {
        if (w->open.items[i].trip.instrument == id) {
            return &w->open.items[i];
        }
    }
    return NULL;
}

static void see_price(open_trip *t, double price) {
    double average = t->money / t->units;
    double move = (t->trip.is_short ? average - price : price - average) / average;
    t->trip.mae = fmin(t->trip.mae, move);
    t->trip.mfe = fmax(t->trip.mfe, move);
}

/* Bars that lie wholly between the fills: nothing of them can be from before or after. */
static void see_bars(const walk *w, open_trip *t, qm_time until) {
    qm_timeframe own = {0, 0};
    const qm_series *series = qm_ctx_series(w->engine, w->index, t->trip.instrument, own);
    const qm_bars *bars = series ? &series->bars : NULL;
    for (size_t i = bars ? qm_bars_find(bars, t->seen) : 0; bars && i < bars->n; i++) {
        if (bars->time[i] >= until) {
            break;
        }
        if (qm_bar_start(bars->tf, bars->time[i], bars->date[i]) >= t->seen) {
            see_price(t, bars->column[QM_LOW][i]);
            see_price(t, bars->column[QM_HIGH][i]);
        }
    }
    t->seen = until;
}

/* Price of a fill in shares of the end. */
static double price_of(const walk *w, const qm_txn *txn) {
    return qm_decimal_to_double(txn->price) /
           qm_engine_split_ratio(w->engine, txn->instrument, txn->time);
}

static qm_status add_amount(open_trip *t, const part *p) {
    qm_decimal amount;
    qm_status status = qm_decimal_amount(p->qty, t->multiplier, p->txn->price, &amount);
    if (status == QM_OK) {
        status = p->qty.raw > 0 ? qm_total_add(&t->trip.bought, amount)
                                : qm_total_sub(&t->trip.sold, amount);
    }
    status = status == QM_OK ? qm_total_add(&t->trip.fees, p->fee) : status;
    status = status == QM_OK ? qm_total_sub(&t->trip.profit, amount) : status;
    return status == QM_OK ? qm_total_sub(&t->trip.profit, p->fee) : status;
}

/* The first stop against the position that was sent between the entry and the end of its session.
 */
static double first_risk(const walk *w, const open_trip *t) {
    const qm_order_book *book = qm_engine_orders(w->engine);
    const qm_round_trip *trip = &t->trip;
    double average = t->money / t->units;
    uint64_t count = qm_order_book_count(book);
    for (uint64_t id = t->next_order; id <= count; id++) {
        const qm_order *o = qm_order_book_get(book, id);
        if (o && qm_calendar_session_of(o->created) > trip->entered) {
            break;
        }
        bool against = o && o->strategy == w->index && o->instrument == trip->instrument &&
                       (o->side == QM_BUY) == trip->is_short;
        bool taken = against && o->state != QM_ORDER_REFUSED && o->state != QM_ORDER_REJECTED;
        if (taken && o->first_stop.raw > 0) {
            double stop = qm_decimal_to_double(o->first_stop) /
                          qm_engine_split_ratio(w->engine, trip->instrument, o->created);
            double risk = (trip->is_short ? stop - average : average - stop) * t->units *
                          (double)t->multiplier;
            return risk > 0 ? risk : NAN;
        }
    }
    return NAN;
}

/* To be called before anything that is no entry of the first session. */
static void settle_risk(const walk *w, open_trip *t, qm_date date, bool entry) {
    if (isinf(t->risk) && (!entry || date > t->trip.entered)) {
        t->risk = first_risk(w, t);
    }
}

static qm_status enter(walk *w, open_trip *t, const part *p) {
    double price = price_of(w, p->txn);
    double ratio = qm_engine_split_ratio(w->engine, p->txn->instrument, p->txn->time);
    double units = fabs(qm_decimal_to_double(p->qty)) * ratio;
    if (t->units > 0) {
        settle_risk(w, t, p->txn->date, true);
        see_bars(w, t, p->txn->time);
        see_price(t, price);
    }
    t->units += units;
    t->money += units * price;
    t->seen = p->txn->time;
    qm_decimal size = {p->qty.raw < 0 ? -p->qty.raw : p->qty.raw};
    qm_status status = qm_decimal_add(t->qty, p->qty, &t->qty);
    status = status == QM_OK ? qm_decimal_add(t->trip.qty, size, &t->trip.qty) : status;
    return status == QM_OK ? add_amount(t, p) : status;
}

/* Orders come in order of time, and so do entries. */
static uint64_t first_order_since(walk *w, qm_time time) {
    const qm_order_book *book = qm_engine_orders(w->engine);
    const qm_order *o;
    while (w->next_order <= qm_order_book_count(book) &&
           (!(o = qm_order_book_get(book, w->next_order)) || o->created < time)) {
        w->next_order++;
    }
    return w->next_order;
}

static qm_status begin(walk *w, const part *p) {
    open_trip fresh = {.trip = {.instrument = p->txn->instrument,
                                .is_short = p->qty.raw < 0,
                                .entered = p->txn->date,
                                .entry_time = p->txn->time,
                                .r = NAN},
                       .multiplier = p->txn->multiplier,
                       .risk = INFINITY,
                       .next_order = first_order_since(w, p->txn->time)};
    qm_status status = qm_vec_push(&w->open, &fresh);
    return status == QM_OK ? enter(w, &w->open.items[w->open.length - 1], p) : status;
}

static qm_status end(walk *w, open_trip *t, const qm_txn *txn) {
    qm_round_trip *trip = &t->trip;
    trip->exited = txn->date;
    trip->exit_time = txn->time;
    trip->r = qm_total_to_double(trip->profit) / t->risk;
    qm_status status = qm_vec_push(&w->out->closed, trip);
    *t = w->open.items[--w->open.length];
    return status;
}

static qm_status leave(walk *w, open_trip *t, const part *p) {
    settle_risk(w, t, p->txn->date, false);
    see_bars(w, t, p->txn->time);
    see_price(t, price_of(w, p->txn));
    qm_status status = qm_decimal_add(t->qty, p->qty, &t->qty);
    status = status == QM_OK ? add_amount(t, p) : status;
    return status == QM_OK && t->qty.raw == 0 ? end(w, t, p->txn) : status;
}

/* A fill that goes through zero is two: fees in proportion, the rest to the second. */
static qm_status trade(walk *w, part all) {
    open_trip *t = find(w, all.txn->instrument);
    if (!t) {
        return begin(w, &all);
    }
    if ((t->qty.raw > 0) == (all.qty.raw > 0)) {
        return enter(w, t, &all);
    }
    int64_t held = t->qty.raw < 0 ? -t->qty.raw : t->qty.raw;
    int64_t size = all.qty.raw < 0 ? -all.qty.raw : all.qty.raw;
    if (size <= held) {
        return leave(w, t, &all);
    }
    part closing = {all.txn, {-t->qty.raw}, QM_DECIMAL_ZERO};
    qm_status status = qm_decimal_mul_ratio(all.fee, held, size, QM_ROUND_HALF_EVEN, &closing.fee);
    part opening = {all.txn, {all.qty.raw + t->qty.raw}, {all.fee.raw - closing.fee.raw}};
    status = status == QM_OK ? leave(w, t, &closing) : status;
    return status == QM_OK ? begin(w, &opening) : status;
}

/* As the ledger books it: the rounded total, and a fraction sold where its price is known. */
static qm_status split(walk *w, const qm_txn *txn) {
    open_trip *t = find(w, txn->instrument);
    if (!t) {
        return QM_OK;
    }
    qm_status status =
        qm_decimal_mul_ratio(t->qty, txn->num, txn->den, QM_ROUND_HALF_EVEN, &t->qty);
    if (status == QM_OK) {
        status =
            qm_decimal_mul_ratio(t->trip.qty, txn->num, txn->den, QM_ROUND_HALF_EVEN, &t->trip.qty);
    }
    int64_t fraction = t->qty.raw % QM_DECIMAL_SCALE;
    if (status == QM_OK && txn->price.raw > 0 && fraction != 0) {
        status = leave(w, t, &(part){txn, {-fraction}, QM_DECIMAL_ZERO});
    }
    return status;
}

static qm_status take(walk *w, const qm_txn *txn) {
    open_trip *t;
    switch (txn->kind) {
    case QM_TXN_TRADE:
        return trade(w, (part){txn, txn->qty, txn->fee});
    case QM_TXN_SPLIT:
        return split(w, txn);
    case QM_TXN_DELIST:
        t = find(w, txn->instrument);
        return t ? leave(w, t, &(part){txn, {-t->qty.raw}, QM_DECIMAL_ZERO}) : QM_OK;
    default:
        return QM_OK;
    }
}

qm_status qm_report_round_trips(const qm_engine *engine, uint32_t index, qm_round_trips *out) {
    walk w = {.engine = engine, .index = index, .out = out, .next_order = 1};
    const qm_txn *txns;
    size_t n = qm_ledger_txns(qm_engine_sleeve(engine, index).ledger, &txns);
    qm_status status = QM_OK;
    for (size_t i = 0; i < n && status == QM_OK; i++) {
        status = take(&w, &txns[i]);
    }
    out->open = w.open.length;
    qm_vec_fini(&w.open);
    return status;
}

qm_status qm_round_trips_sum(const qm_round_trips *trips, qm_trip_summary *out) {
    qm_trip_summary s = {.count = trips->closed.length, .open = trips->open};
    double won = 0, lost = 0, mae = 0, mfe = 0, r = 0;
    for (size_t i = 0; i < s.count; i++) {
        const qm_round_trip *trip = &trips->closed.items[i];
        double profit = qm_total_to_double(trip->profit);
        qm_status status = qm_total_add_total(&s.profit, trip->profit);
        if (status != QM_OK) {
            return status;
        }
        s.wins += profit > 0;
        s.losses += profit < 0;
        won += profit > 0 ? profit : 0;
        lost += profit < 0 ? -profit : 0;
        mae += trip->mae;
        mfe += trip->mfe;
        s.worst_mae = fmin(s.worst_mae, trip->mae);
        s.best_mfe = fmax(s.best_mfe, trip->mfe);
        s.with_stop += isnan(trip->r) ? 0 : 1;
        r += isnan(trip->r) ? 0 : trip->r;
    }
    double count = (double)s.count;
    s.win_rate = s.count ? (double)s.wins / count : NAN;
    s.expectancy = s.count ? qm_total_to_double(s.profit) / count : NAN;
    s.profit_factor = lost > 0 ? won / lost : NAN;
    s.average_win = s.wins ? won / (double)s.wins : NAN;
    s.average_loss = s.losses ? -lost / (double)s.losses : NAN;
    s.average_mae = s.count ? mae / count : NAN;
    s.average_mfe = s.count ? mfe / count : NAN;
    s.worst_mae = s.count ? s.worst_mae : NAN;
    s.best_mfe = s.count ? s.best_mfe : NAN;
    s.average_r = s.with_stop ? r / (double)s.with_stop : NAN;
    *out = s;
    return QM_OK;
}
