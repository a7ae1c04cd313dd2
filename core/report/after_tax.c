/* SPDX-License-Identifier: MIT
 *
 * Years of rows and income, a tax for each, and what that leaves of the stake.
 */
#include "report/after_tax.h"

#include "engine/context.h"
#include "report/report.h"
#include "tax/feed.h"

#include <math.h>
#include <string.h>

enum { WINDOW = 60, QUALIFYING = 61, DAYS_MIN = 90 };

/* One sleeve, one method. */
typedef struct study {
    const qm_engine *engine;
    uint32_t index;
    qm_sleeve_view view;
    const qm_tax_rates *rates;
    qm_tax *tax;
    const qm_tax_row *rows;
    size_t row_count;
    qm_tax_lot *lots;
    size_t lot_count;
    qm_date last;
    qm_after_tax *out;
} study;

void qm_after_tax_fini(qm_after_tax *result) {
    qm_vec_fini(&result->years);
}

int qm_after_tax_methods(qm_tax_method first, bool rates, qm_tax_method out[QM_AFTER_TAX_METHODS]) {
    static const qm_tax_method shown[] = {QM_TAX_FIFO, QM_TAX_LIFO, QM_TAX_HIFO, QM_TAX_MINTAX,
                                          QM_TAX_MINTAX_RATE};
    int count = 0;
    out[count++] = first;
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        if (shown[i] != first && (shown[i] != QM_TAX_MINTAX_RATE || rates)) {
            out[count++] = shown[i];
        }
    }
    return count;
}

static const char *symbol_of(const study *s, qm_instrument_id id) {
    const qm_instrument *info = qm_instruments_get(qm_engine_instruments(s->engine), id);
    return info ? info->symbol : "";
}

static qm_status replay(study *s, qm_error *err) {
    const qm_txn *txns;
    size_t n = qm_ledger_txns(s->view.ledger, &txns);
    const char *ira[] = {s->out->deferred ? s->view.account_name : NULL, NULL};
    qm_tax_config config = {
        .wash = true, .ira = ira, .rates = {s->rates->short_term, s->rates->long_term}};
    qm_tax_feed *feed = NULL;
    qm_status status = qm_tax_new(&config, &s->tax, err);
    status = status == QM_OK ? qm_tax_feed_new(s->tax, &feed) : status;
    for (size_t i = 0; i < n && status == QM_OK; i++) {
        qm_tax_source source = {s->view.spec->name, s->view.account_name,
                                symbol_of(s, txns[i].instrument), s->out->method};
        status = qm_tax_feed_txn(feed, &source, &txns[i], err);
    }
    qm_tax_feed_free(feed);
    if (status == QM_OK) {
        s->row_count = qm_tax_rows(s->tax, &s->rows);
        status = qm_tax_open_lots(s->tax, &s->lots, &s->lot_count);
    }
    return status;
}

/* The year's line; they come in order of time. */
static qm_status year_of(study *s, int year, qm_after_tax_year **out) {
    size_t n = s->out->years.length;
    for (size_t i = 0; i < n; i++) {
        if (s->out->years.items[i].year == year) {
            *out = &s->out->years.items[i];
            return QM_OK;
        }
    }
    qm_after_tax_year fresh = {.year = year};
    qm_status status = qm_vec_push(&s->out->years, &fresh);
    for (size_t i = n; status == QM_OK && i > 0 && s->out->years.items[i - 1].year > year; i--) {
        s->out->years.items[i] = s->out->years.items[i - 1];
        s->out->years.items[i - 1] = fresh;
        n = i - 1;
    }
    *out = &s->out->years.items[n];
    return status;
}

static qm_status sum_rows(study *s) {
    qm_status status = QM_OK;
    for (size_t i = 0; i < s->row_count && status == QM_OK; i++) {
        const qm_tax_row *row = &s->rows[i];
        qm_after_tax_year *y;
        status = year_of(s, qm_date_to_ymd(row->sold).year, &y);
        status = status == QM_OK ? qm_tax_gains_add(&y->gains, row, row->gain) : status;
        status = status == QM_OK ? qm_tax_gains_add(&s->out->gains, row, row->gain) : status;
        status = status == QM_OK ? qm_decimal_add(y->washed, row->disallowed, &y->washed) : status;
        status = status == QM_OK ? qm_decimal_add(s->out->washed, row->disallowed, &s->out->washed)
                                 : status;
    }
    return status;
}

/* Basis that was held over an ex-date, and the part of it that was held long enough. */
typedef struct weight {
    double held, qualified;
} weight;

static void weigh(weight *w, qm_date ex, qm_date acquired, qm_date until, double basis) {
    if (acquired >= ex || until < ex) {
        return;
    }
    qm_date from =
        acquired > ex - WINDOW - 1 ? acquired : ex - WINDOW - 1; /* its day not counted */
    qm_date to = until < ex + WINDOW ? until : ex + WINDOW;
    w->held += basis;
    w->qualified += to - from >= QUALIFYING ? basis : 0;
}

static double qualified_part(const study *s, const qm_txn *txn) {
    qm_date ex = txn->num ? (qm_date)txn->num : txn->date;
    const char *symbol = symbol_of(s, txn->instrument);
    weight w = {0};
    for (size_t i = 0; i < s->row_count; i++) {
        if (strcmp(s->rows[i].symbol, symbol) == 0 && !s->rows[i].is_short) {
            weigh(&w, ex, s->rows[i].acquired, s->rows[i].traded,
                  qm_decimal_to_double(s->rows[i].basis));
        }
    }
    for (size_t i = 0; i < s->lot_count; i++) {
        if (strcmp(s->lots[i].symbol, symbol) == 0 && s->lots[i].qty.raw > 0) {
            weigh(&w, ex, s->lots[i].acquired, s->last, qm_decimal_to_double(s->lots[i].basis));
        }
    }
    return w.held > 0 ? w.qualified / w.held : 0;
}

static qm_status add_income(study *s, const qm_txn *txn) {
    qm_after_tax_year *y;
    qm_decimal qualified = QM_DECIMAL_ZERO, rest;
    qm_status status = year_of(s, qm_date_to_ymd(txn->date).year, &y);
    if (status == QM_OK && txn->kind == QM_TXN_DIVIDEND && txn->amount.raw > 0) {
        double part = qualified_part(s, txn);
        status = qm_decimal_from_double(part * qm_decimal_to_double(txn->amount), &qualified);
        status =
            status == QM_OK ? qm_decimal_round(qualified, 2, QM_ROUND_HALF_UP, &qualified) : status;
    }
    status = status == QM_OK ? qm_decimal_sub(txn->amount, qualified, &rest) : status;
    status = status == QM_OK ? qm_decimal_add(y->qualified, qualified, &y->qualified) : status;
    return status == QM_OK ? qm_decimal_add(y->ordinary, rest, &y->ordinary) : status;
}

static qm_status sum_income(study *s) {
    const qm_txn *txns;
    size_t n = qm_ledger_txns(s->view.ledger, &txns);
    qm_status status = QM_OK;
    for (size_t i = 0; i < n && status == QM_OK; i++) {
        if (txns[i].kind == QM_TXN_DIVIDEND || txns[i].kind == QM_TXN_INTEREST) {
            status = add_income(s, &txns[i]);
        }
    }
    return status;
}

static qm_status plus_share(qm_decimal *sum, qm_decimal amount, qm_decimal rate) {
    qm_decimal part;
    qm_status status = qm_decimal_mul(amount, rate, QM_ROUND_HALF_UP, &part);
    status = status == QM_OK ? qm_decimal_round(part, 2, QM_ROUND_HALF_UP, &part) : status;
    return status == QM_OK ? qm_decimal_add(*sum, part, sum) : status;
}

static qm_status add_gains(qm_tax_gains *a, qm_tax_gains b) {
    qm_status status = qm_decimal_add(a->short_term, b.short_term, &a->short_term);
    return status == QM_OK ? qm_decimal_add(a->long_term, b.long_term, &a->long_term) : status;
}

/* A line for every year to the last: a loss that is carried deducts in years without a sale too. */
static qm_status fill_years(study *s) {
    qm_after_tax_year *y;
    int last = qm_date_to_ymd(s->last).year;
    qm_status status = year_of(s, last, &y);
    for (int year = s->out->years.items[0].year; status == QM_OK && year < last; year++) {
        status = year_of(s, year, &y);
    }
    return status;
}

/* Taxes of all years, then of a sale of everything in the last. */
static qm_status tax_years(study *s) {
    qm_tax_gains carried = {0}, gains = {0};
    qm_tax_netting net = {0};
    qm_decimal with, without = QM_DECIMAL_ZERO;
    qm_status status = QM_OK;
    for (size_t i = 0; i < s->out->years.length && status == QM_OK; i++) {
        qm_after_tax_year *y = &s->out->years.items[i];
        gains = y->gains;
        status = add_gains(&gains, carried);
        status = status == QM_OK ? qm_tax_due(gains, s->rates, &without) : status;
        y->tax = without;
        status = status == QM_OK ? plus_share(&y->tax, y->qualified, s->rates->long_term) : status;
        status = status == QM_OK ? plus_share(&y->tax, y->ordinary, s->rates->short_term) : status;
        status = status == QM_OK ? qm_decimal_add(s->out->tax, y->tax, &s->out->tax) : status;
        status = status == QM_OK ? qm_tax_net(gains, s->rates->separate, &net) : status;
        carried = net.carried;
    }
    status = status == QM_OK ? add_gains(&gains, s->out->unrealised) : status;
    status = status == QM_OK ? qm_tax_due(gains, s->rates, &with) : status;
    return status == QM_OK ? qm_decimal_sub(with, without, &s->out->tax_sold) : status;
}

static qm_status sum_open(study *s) {
    qm_status status = QM_OK;
    for (size_t i = 0; i < s->lot_count && status == QM_OK; i++) {
        const qm_tax_lot *l = &s->lots[i];
        const qm_instrument *info =
            qm_instruments_find(qm_engine_instruments(s->engine), l->symbol, QM_DATE_NONE);
        qm_decimal price, value, gain;
        qm_time time;
        if (!info || !qm_ctx_price(s->engine, info->id, &price, &time)) {
            continue; /* it stands at its basis */
        }
        status = qm_decimal_amount(l->qty, info->multiplier, price, &value);
        if (status == QM_OK) {
            status = l->qty.raw > 0 ? qm_decimal_sub(value, l->basis, &gain)
                                    : qm_decimal_add(value, l->basis, &gain);
        }
        bool is_long = l->qty.raw > 0 && qm_tax_term_of(l->holding, s->last) == QM_TAX_LONG_TERM;
        qm_decimal *sum = is_long ? &s->out->unrealised.long_term : &s->out->unrealised.short_term;
        status = status == QM_OK ? qm_decimal_add(*sum, gain, sum) : status;
    }
    return status;
}

/* What is left of one unit of the strategy's growth after the payments of 15 April. */
static double left_of_stake(const study *s, const qm_daily_vec *days, double *owed) {
    double left = 1;
    *owed = 0;
    for (size_t i = 0; i < s->out->years.length; i++) {
        const qm_after_tax_year *y = &s->out->years.items[i];
        qm_date due = qm_date_from_ymd(y->year + 1, 4, 15);
        size_t at = 0;
        while (at < days->length && days->items[at].date < due) {
            at++;
        }
        double tax = qm_decimal_to_double(y->tax);
        if (at == days->length) {
            *owed += tax;
        } else if (days->items[at].equity > 0) {
            left *= 1 - tax / days->items[at].equity;
        }
    }
    return left;
}

static qm_status compute(study *s, qm_error *err) {
    qm_daily_vec days = {0};
    qm_after_tax *out = s->out;
    qm_status status = qm_report_daily(s->engine, s->index, &days);
    if (status == QM_OK && days.length == 0) {
        status = qm_error_set(err, QM_EINSUFFICIENT, "the run has no equity curve");
    }
    if (status != QM_OK) {
        qm_vec_fini(&days);
        return status;
    }
    const qm_daily *last = &days.items[days.length - 1];
    s->last = last->date;
    status = replay(s, err);
    status = status == QM_OK ? sum_rows(s) : status;
    status = status == QM_OK ? sum_income(s) : status;
    status = status == QM_OK ? fill_years(s) : status;
    status = status == QM_OK ? sum_open(s) : status;
    status = status == QM_OK && out->taxed ? tax_years(s) : status;
    if (status == QM_OK) {
        double owed, left = left_of_stake(s, &days, &owed);
        double sold = qm_decimal_to_double(out->tax_sold);
        double years = (last->date - days.items[0].date) / 365.25;
        double held = last->equity > 0 ? left * (1 - owed / last->equity) : left;
        double end = last->equity > 0 ? left * (1 - (owed + sold) / last->equity) : left;
        out->before = last->growth - 1;
        out->after_held = last->growth * held - 1;
        out->after_sold = last->growth * end - 1;
        bool long_enough =
            last->date - days.items[0].date >= DAYS_MIN && last->growth > 0 && out->after_held > -1;
        out->drag =
            long_enough ? pow(last->growth, 1 / years) - pow(1 + out->after_held, 1 / years) : NAN;
    }
    qm_vec_fini(&days);
    return status;
}

qm_status qm_report_after_tax(const qm_engine *engine, uint32_t index, qm_tax_method method,
                              qm_after_tax *out, qm_error *err) {
    study s = {.engine = engine,
               .index = index,
               .view = qm_engine_sleeve(engine, index),
               .rates = qm_ctx_rates(engine),
               .out = out};
    *out = (qm_after_tax){.method = method};
    out->deferred = strcmp(s.view.account_type, "ira") == 0;
    out->taxed = s.rates->known && !out->deferred;
    qm_status status = compute(&s, err);
    qm_free(s.lots);
    qm_tax_free(s.tax);
    if (status != QM_OK) {
        qm_after_tax_fini(out);
        bool told = err && err->message[0];
        return told ? status : qm_error_set(err, status, "%s", qm_status_text(status));
    }
    return QM_OK;
}

size_t qm_after_tax_elections(const qm_engine *engine, uint32_t index) {
    const qm_order_book *book = qm_engine_orders(engine);
    const char *own = qm_tax_method_name(qm_engine_sleeve(engine, index).method);
    size_t count = 0;
    for (uint64_t id = 1; id <= qm_order_book_count(book); id++) {
        const qm_order *o = qm_order_book_get(book, id);
        count += o->strategy == index && o->side == QM_SELL && o->filled.raw > 0 && o->lots &&
                 strcmp(o->lots, own) != 0;
    }
    return count;
}
