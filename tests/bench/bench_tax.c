/* SPDX-License-Identifier: MIT
 *
 * Relief of many lots against a plain copy of as many lots and rows; a question before a sale; a
 * year of fills with wash sales, options and splits.
 */
#include "base/mem.h"
#include "base/rng.h"
#include "tax/preview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LOTS = 1000000, SALES = 100, ASKED = 10000, FILLS = 100000, SYMBOLS = 400 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void must(qm_status status, const qm_error *err) {
    if (status != QM_OK) {
        printf("tax: %s\n", err->message);
        exit(1);
    }
}

static qm_tax_event trade(qm_tax_kind kind, const char *id, qm_date date, int64_t qty) {
    return (qm_tax_event){.id = id,
                          .kind = kind,
                          .date = date,
                          .settle = QM_DATE_NONE,
                          .account = "T",
                          .symbol = "X",
                          .qty = {qty * QM_DECIMAL_SCALE},
                          .has_qty = true,
                          .close_only = kind == QM_TAX_DO_SELL};
}

/* Lots of ten units over three years, at prices that go up and down. */
static qm_tax *make(size_t lots, qm_tax_method method) {
    qm_tax_config config = {.method = method, .rates = {{350000000}, {150000000}}};
    qm_error err = {0};
    qm_tax *tax;
    qm_rng rng;
    char id[32];
    qm_rng_seed(&rng, 11);
    must(qm_tax_new(&config, &tax, &err), &err);
    for (size_t i = 0; i < lots; i++) {
        snprintf(id, sizeof id, "b%zu", i);
        qm_tax_event buy =
            trade(QM_TAX_DO_BUY, id, qm_date_from_ymd(2021, 1, 4) + (qm_date)(i * 1000 / lots), 10);
        buy.amount.raw = qm_rng_range(&rng, 50000, 150000) * (QM_DECIMAL_SCALE / 100);
        must(qm_tax_apply(tax, &buy, &err), &err);
    }
    return tax;
}

/* Sells all of it in equal parts; seconds for one lot. */
static double relieve(size_t lots, qm_tax_method method, int sales, int64_t *gain) {
    qm_tax *tax = make(lots, method);
    qm_error err = {0};
    char id[32];
    double start = now();
    for (int i = 0; i < sales; i++) {
        snprintf(id, sizeof id, "s%d", i);
        qm_tax_event sale =
            trade(QM_TAX_DO_SELL, id, qm_date_from_ymd(2024, 3, 1), (int64_t)lots * 10 / sales);
        sale.amount.raw = (int64_t)lots * 1000 / sales * QM_DECIMAL_SCALE;
        must(qm_tax_apply(tax, &sale, &err), &err);
    }
    double time = now() - start;
    const qm_tax_row *rows;
    size_t n = qm_tax_rows(tax, &rows);
    *gain = 0;
    for (size_t i = 0; i < n; i++) {
        *gain += rows[i].gain.raw / 10000000;
    }
    qm_tax_free(tax);
    return time / (double)lots;
}

/* As many lots copied and rows written as a relief of all has. */
static double copy_all(size_t lots) {
    qm_tax *tax = make(lots, QM_TAX_FIFO);
    qm_tax_lot *open;
    size_t count;
    if (qm_tax_open_lots(tax, &open, &count) != QM_OK) {
        exit(1);
    }
    double start = now();
    qm_tax_lot *copy = qm_reallocarray(NULL, count, sizeof *copy);
    qm_tax_row *rows = qm_reallocarray(NULL, count, sizeof *rows);
    memcpy(copy, open, count * sizeof *copy);
    for (size_t i = 0; i < count; i++) {
        rows[i] = (qm_tax_row){.lot = copy[i].lot,
                               .account = copy[i].account,
                               .symbol = copy[i].symbol,
                               .qty = copy[i].qty,
                               .acquired = copy[i].acquired,
                               .basis = copy[i].basis};
    }
    double time = now() - start;
    volatile int64_t seen = rows[count - 1].basis.raw; /* it is not for nothing */
    (void)seen;
    qm_free(copy);
    qm_free(rows);
    qm_free(open);
    qm_tax_free(tax);
    return time / (double)lots;
}

static void ask(void) {
    qm_tax *tax = make(ASKED, QM_TAX_HIFO);
    qm_error err = {0};
    double best = 1e9;
    for (int i = 0; i < 20; i++) {
        qm_tax_preview p;
        qm_tax_event sale = trade(QM_TAX_DO_SELL, "ask", qm_date_from_ymd(2024, 3, 1), 25);
        sale.amount.raw = 2500 * QM_DECIMAL_SCALE;
        double start = now();
        must(qm_tax_preview_event(tax, &sale, &p, &err), &err);
        double time = now() - start;
        best = time < best ? time : best;
        qm_tax_preview_fini(&p);
    }
    printf("tax: what a sale of %d lots would bring: %.2f ms (needs under 1)\n", ASKED, 1e3 * best);
    qm_tax_free(tax);
}

/* A busy year: 400 symbols, losses that are bought back, splits, options that expire. */
static void year(void) {
    qm_tax_config config = {.method = QM_TAX_FIFO, .wash = true};
    qm_error err = {0};
    qm_tax *tax;
    qm_rng rng;
    int64_t held[SYMBOLS] = {0};
    char id[32], symbol[32];
    qm_rng_seed(&rng, 7);
    must(qm_tax_new(&config, &tax, &err), &err);
    double start = now();
    for (int i = 0; i < FILLS; i++) {
        int s = (int)qm_rng_range(&rng, 0, SYMBOLS - 1);
        bool sells = held[s] > 0 && qm_rng_range(&rng, 0, 1);
        int64_t qty = qm_rng_range(&rng, 1, 100);
        qty = sells && qty > held[s] ? held[s] : qty;
        snprintf(id, sizeof id, "f%d", i);
        snprintf(symbol, sizeof symbol, "S%03d", s);
        qm_date date = qm_date_from_ymd(2024, 1, 2) + i * 360 / FILLS;
        qm_tax_event e = trade(sells ? QM_TAX_DO_SELL : QM_TAX_DO_BUY, id, date, qty);
        e.symbol = symbol;
        e.amount.raw = qty * qm_rng_range(&rng, 9000, 11000) * (QM_DECIMAL_SCALE / 100);
        must(qm_tax_apply(tax, &e, &err), &err);
        held[s] += sells ? -qty : qty;
        if (i % 10000 == 9999) {
            snprintf(id, sizeof id, "x%d", i);
            qm_tax_event split = {.id = id,
                                  .kind = QM_TAX_DO_SPLIT,
                                  .date = date,
                                  .num = 2,
                                  .den = 1,
                                  .settle = QM_DATE_NONE,
                                  .account = "T",
                                  .symbol = symbol};
            must(qm_tax_apply(tax, &split, &err), &err);
            held[s] *= 2;
        }
        if (i % 500 == 499) {
            char option[48];
            snprintf(option, sizeof option, "%s 241220C00150000", symbol);
            snprintf(id, sizeof id, "o%d", i);
            qm_tax_event write = trade(QM_TAX_DO_SHORT, id, date, 1);
            write.symbol = option;
            write.amount.raw = 100 * QM_DECIMAL_SCALE;
            write.multiplier = 100;
            must(qm_tax_apply(tax, &write, &err), &err);
        }
    }
    double time = now() - start;
    const qm_tax_row *rows;
    size_t n = qm_tax_rows(tax, &rows), washed = 0;
    for (size_t i = 0; i < n; i++) {
        washed += rows[i].disallowed.raw > 0;
    }
    printf("tax: a year of %d fills, %zu rows, %zu of them wash sales: %.2f s (needs under 1)\n",
           FILLS, n, washed, time);
    qm_tax_free(tax);
}

int main(void) {
    static const struct {
        qm_tax_method method;
        double most;
    } methods[] = {{QM_TAX_FIFO, 3},
                   {QM_TAX_LIFO, 3},
                   {QM_TAX_HIFO, 12},
                   {QM_TAX_LOFO, 12},
                   {QM_TAX_MINTAX, 12}};
    double plain = 1e9;
    int64_t first = 0;
    for (int i = 0; i < 3; i++) {
        double time = copy_all(LOTS);
        plain = time < plain ? time : plain;
    }
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        int64_t gain, fewer;
        double time = relieve(LOTS, methods[i].method, 1, &gain);
        double small = relieve(LOTS / 10, methods[i].method, 1, &fewer);
        double sales = relieve(LOTS / 10, methods[i].method, SALES, &fewer);
        first = i == 0 ? gain : first;
        if (gain != first) { /* all of it is sold: every method earns the same */
            printf("tax: %s earns %lld instead of %lld\n", qm_tax_method_name(methods[i].method),
                   (long long)gain, (long long)first);
            return 1;
        }
        printf(
            "tax: %-6s %.0f ns a lot, %.1fx of a plain copy (needs at most %.0fx); %.2fx of that "
            "at a tenth of the lots (needs at most 2x); %.0f ns in %d sales\n",
            qm_tax_method_name(methods[i].method), 1e9 * time, time / plain, methods[i].most,
            time / small, 1e9 * sales, SALES);
    }
    ask();
    year();
    return 0;
}
