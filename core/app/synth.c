/* SPDX-License-Identifier: MIT
 *
 * Each instrument is a walk of its own: a regime (calm, trend up, trend down, storm) that changes
 * at random holds the drift and the size of the day's moves; a part of each move happens overnight
 * and now and then there is a large gap. Prices are rounded to cents, as a file would have them.
 */
#include "app/synth.h"

#include "base/calendar.h"
#include "base/rng.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const qm_synth_instrument INSTRUMENTS[] = {
    {"ZALD", "Alder Timber", 42, 0.09, 0.013, 12, 0},
    {"ZARC", "Arc Lamp Works", 18, 0.14, 0.021, 0, 0},
    {"ZBAY", "Bayside Ferries", 27, 0.05, 0.016, 9, 0},
    {"ZBND", "Even Keel Bond Fund", 80, 0.02, 0.0028, 55, 0},
    {"ZCOB", "Cobalt Instruments", 64, 0.18, 0.022, 0, 0},
    {"ZCRN", "Crane and Pulley", 35, 0.07, 0.015, 11, 0},
    {"ZDUN", "Dune Solar", 12, 0.11, 0.030, 0, 0},
    {"ZELM", "Elm Street Bakeries", 22, 0.06, 0.012, 8, 0},
    {"ZFJD", "Fjord Cables", 51, 0.10, 0.017, 14, 0},
    {"ZGLS", "Glasswright Optics", 75, 0.16, 0.020, 0, 0},
    {"ZGRN", "Granary Foods", 31, 0.05, 0.010, 15, 0},
    {"ZHUB", "Hubline Freight", 44, 0.09, 0.018, 10, 0},
    {"ZINK", "Inkwell Press", 16, -0.02, 0.019, 5, 0},
    {"ZJOT", "Jotter Software", 90, 0.24, 0.024, 0, 4},
    {"ZKEL", "Kelda Water", 38, 0.04, 0.009, 20, 0},
    {"ZLAB", "Labrador Biotech", 25, 0.12, 0.034, 0, 0},
    {"ZLOM", "Loom Textiles", 14, 0.01, 0.017, 4, 0},
    {"ZMRN", "Marine Salvage", 29, 0.08, 0.020, 6, 0},
    {"ZNOV", "Nova Ceramics", 48, 0.13, 0.019, 0, 0},
    {"ZORE", "Ore Mountain Mining", 19, 0.06, 0.028, 7, 0},
    {"ZPIN", "Pinnace Yachts", 57, 0.10, 0.021, 0, 0},
    {"ZQRY", "Quarry Stone", 33, 0.07, 0.014, 13, 0},
    {"ZRAI", "Railhead Logistics", 61, 0.11, 0.016, 16, 0},
    {"ZSXT", "Sextant Navigation", 72, 0.17, 0.020, 0, 0},
    {"ZTEA", "Terrace Tea", 21, 0.05, 0.011, 9, 0},
    {"ZTEC", "Broad Technology Fund", 150, 0.15, 0.013, 18, 0},
    {"ZTOT", "Whole Market Fund", 120, 0.10, 0.0095, 44, 0},
    {"ZVAN", "Vane Wind Power", 26, 0.09, 0.023, 0, 0},
    {"ZWLD", "Rest of World Fund", 55, 0.06, 0.0090, 36, 0},
    {"ZYEW", "Yew Tree Hotels", 40, 0.06, 0.017, 8, 0},
};
enum { COUNT = sizeof INSTRUMENTS / sizeof INSTRUMENTS[0] };

typedef struct regime {
    double drift, size; /* added to the yearly drift; factor on sigma */
    double leave;       /* chance a day to end */
} regime;

static const regime REGIMES[] = {
    {0.00, 0.8, 1 / 60.0}, {0.45, 1.0, 1 / 70.0}, {-0.55, 1.3, 1 / 35.0}, {-0.10, 2.2, 1 / 18.0}};
enum { REGIME_COUNT = sizeof REGIMES / sizeof REGIMES[0] };

typedef struct walk {
    qm_rng rng;
    const qm_synth_instrument *what;
    int regime;
    double close; /* unrounded */
} walk;

typedef struct day {
    double open, high, low, close;
    int64_t volume;
} day;

const qm_synth_instrument *qm_synth_instruments(size_t *count) {
    *count = COUNT;
    return INSTRUMENTS;
}

static double cents(double price) {
    double rounded = round(price * 100) / 100;
    return rounded < 0.01 ? 0.01 : rounded;
}

/* Regimes but the calm one last a while and then mostly fall back to calm. */
static void maybe_change_regime(walk *w) {
    if (qm_rng_double(&w->rng) < REGIMES[w->regime].leave) {
        bool calm = w->regime != 0 && qm_rng_double(&w->rng) < 0.4;
        w->regime = calm ? 0 : (int)qm_rng_range(&w->rng, 0, REGIME_COUNT - 1);
    }
}

static day next_day(walk *w) {
    maybe_change_regime(w);
    const regime *r = &REGIMES[w->regime];
    double sigma = w->what->sigma * r->size;
    double mean = (w->what->drift + r->drift) / 252 - sigma * sigma / 2;
    double gap = 0.35 * sigma * qm_rng_normal(&w->rng);
    if (qm_rng_double(&w->rng) < 1 / 90.0) {
        gap += 4 * sigma * (qm_rng_double(&w->rng) < 0.5 ? -1 : 1);
    }
    double open = w->close * exp(gap);
    double close = open * exp(mean + 0.94 * sigma * qm_rng_normal(&w->rng));
    double top = fmax(open, close) * exp(0.5 * sigma * fabs(qm_rng_normal(&w->rng)));
    double bottom = fmin(open, close) * exp(-0.5 * sigma * fabs(qm_rng_normal(&w->rng)));
    w->close = close;
    double busy = exp(0.35 * qm_rng_normal(&w->rng)) * r->size;
    return (day){.open = cents(open),
                 .high = cents(top),
                 .low = cents(bottom),
                 .close = cents(close),
                 .volume = 100 * (int64_t)(20e6 * busy / close / 100)};
}

/* Ex-dates: the first session of March, June, September and December. */
static bool is_quarter(qm_date date, qm_date before) {
    int month = qm_date_to_ymd(date).month;
    return month % 3 == 0 && qm_date_to_ymd(before).month != month;
}

static void report_dividend(const qm_synth_request *request, const qm_synth_instrument *what,
                            qm_date date) {
    qm_synth_action action = {.symbol = what->symbol, .date = date};
    action.dividend.raw = what->dividend_cents * (QM_DECIMAL_SCALE / 100);
    request->on_action(request->data, &action);
}

static void write_walk(const qm_synth_request *request, walk *w, FILE *file) {
    qm_session session;
    qm_date before = request->from, half = request->from + (request->to - request->from) / 2;
    bool split_due = w->what->split > 0;
    fputs("Date,Open,High,Low,Close,Volume\n", file);
    for (qm_date date = request->from;
         date <= request->to && qm_calendar_on_or_after(date, &session) &&
         session.date <= request->to;
         date = session.date + 1) {
        bool first = date == request->from;
        if (split_due && session.date >= half) {
            split_due = false;
            w->close /= w->what->split;
            request->on_action(request->data, &(qm_synth_action){.symbol = w->what->symbol,
                                                                 .date = session.date,
                                                                 .split = w->what->split});
        }
        if (!first && w->what->dividend_cents > 0 && is_quarter(session.date, before)) {
            report_dividend(request, w->what, session.date);
        }
        before = session.date;
        day d = next_day(w);
        char text[QM_DATE_BUF];
        qm_date_format(session.date, text);
        fprintf(file, "%s,%.2f,%.2f,%.2f,%.2f,%lld\n", text, d.open, d.high, d.low, d.close,
                (long long)d.volume);
    }
}

static qm_status write_file(const qm_synth_request *request, walk *w, qm_error *err) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.csv", request->directory, w->what->symbol);
    FILE *file = fopen(path, "w");
    if (!file) {
        return qm_error_at(err, QM_EIO, path, 0, 0, "%s", strerror(errno));
    }
    write_walk(request, w, file);
    bool bad = ferror(file) != 0;
    if (fclose(file) != 0 || bad) {
        return qm_error_at(err, errno == ENOSPC ? QM_EFULL : QM_EIO, path, 0, 0, "%s",
                           strerror(errno));
    }
    return QM_OK;
}

qm_status qm_synth_write(const qm_synth_request *request, qm_error *err) {
    for (size_t i = 0; i < COUNT; i++) {
        walk w = {.what = &INSTRUMENTS[i], .close = INSTRUMENTS[i].price, .regime = 1};
        qm_rng_seed(&w.rng, request->seed + i * 1000003);
        qm_status status = write_file(request, &w, err);
        if (status != QM_OK) {
            return status;
        }
    }
    return QM_OK;
}
