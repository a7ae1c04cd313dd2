/* SPDX-License-Identifier: MIT
 *
 * Random histories: what must hold for every method and policy, whatever was traded. A failure
 * names the seed. QM_TAX_SEEDS asks for more histories than the few thousand of a normal run.
 */
#include "base/mem.h"
#include "base/rng.h"
#include "tax/preview.h"
#include "tax/tax.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { EVENTS = 40, ACCOUNTS = 2, SYMBOLS = 3, SEEDS = 300 };

static const char *const ACCOUNT[ACCOUNTS] = {"T1", "T2"};
static const char *const SYMBOL[SYMBOLS] = {"X", "Y", "Z"};
/* Those that need no list of lots and keep lots apart. */
static const qm_tax_method METHODS[] = {
    QM_TAX_FIFO,   QM_TAX_LIFO,        QM_TAX_HIFO, QM_TAX_LOFO, QM_TAX_HC_LT, QM_TAX_HC_ST,
    QM_TAX_MINTAX, QM_TAX_MINTAX_RATE, QM_TAX_MLG,  QM_TAX_MLL,  QM_TAX_MSG,   QM_TAX_MSL};
enum { METHOD_COUNT = sizeof METHODS / sizeof METHODS[0] };

typedef struct history {
    char ids[EVENTS + ACCOUNTS * SYMBOLS][8];
    qm_tax_event events[EVENTS + ACCOUNTS * SYMBOLS];
    size_t count;
    int64_t held[ACCOUNTS][SYMBOLS]; /* raw; Z is only sold short: <= 0 */
} history;

static qm_decimal cents(int64_t n) {
    return (qm_decimal){n * (QM_DECIMAL_SCALE / 100)};
}

static void trade(history *h, qm_tax_kind kind, int account, int symbol, int64_t qty) {
    qm_tax_event *e = &h->events[h->count];
    snprintf(h->ids[h->count], sizeof h->ids[0], "e%zu", h->count);
    *e = (qm_tax_event){.id = h->ids[h->count],
                        .kind = kind,
                        .date = h->count ? e[-1].date : qm_date_from_ymd(2021, 1, 4),
                        .settle = QM_DATE_NONE,
                        .account = ACCOUNT[account],
                        .symbol = SYMBOL[symbol],
                        .qty = {qty},
                        .has_qty = true,
                        .close_only = kind == QM_TAX_DO_SELL || kind == QM_TAX_DO_COVER};
    bool adds = kind == QM_TAX_DO_BUY || kind == QM_TAX_DO_COVER;
    h->held[account][symbol] += adds ? qty : -qty;
    h->count++;
}

static void price(history *h, qm_rng *rng) {
    qm_tax_event *e = &h->events[h->count - 1];
    int64_t unit = qm_rng_range(rng, 500, 1500); /* cents */
    qm_decimal units = e->qty;
    qm_decimal_mul(cents(unit), units, QM_ROUND_HALF_EVEN, &e->amount);
    qm_decimal_round(e->amount, 2, QM_ROUND_HALF_EVEN, &e->amount);
    e->fee = cents(qm_rng_range(rng, 0, 99));
}

/* Opens, closes, opens again within the window, now and then after more than a year. */
static void make(history *h, uint64_t seed, bool close_all) {
    qm_rng rng;
    memset(h, 0, sizeof *h);
    qm_rng_seed(&rng, seed);
    while (h->count < EVENTS) {
        int a = (int)qm_rng_range(&rng, 0, ACCOUNTS - 1),
            s = (int)qm_rng_range(&rng, 0, SYMBOLS - 1);
        bool shorts = s == 2, opens = qm_rng_range(&rng, 0, 2) > 0;
        int64_t held = h->held[a][s] < 0 ? -h->held[a][s] : h->held[a][s];
        int64_t qty =
            qm_rng_range(&rng, 1, 60) * QM_DECIMAL_SCALE / (qm_rng_range(&rng, 0, 3) ? 1 : 8);
        qty = !opens && qty > held ? held : qty;
        if (qty == 0) {
            continue;
        }
        trade(h,
              shorts ? (opens ? QM_TAX_DO_SHORT : QM_TAX_DO_COVER)
                     : (opens ? QM_TAX_DO_BUY : QM_TAX_DO_SELL),
              a, s, qty);
        price(h, &rng);
        h->events[h->count - 1].date +=
            (qm_date)qm_rng_range(&rng, 0, qm_rng_range(&rng, 0, 9) ? 12 : 380);
    }
    for (int k = 0; close_all && k < ACCOUNTS * SYMBOLS; k++) {
        int a = k / SYMBOLS, s = k % SYMBOLS;
        int64_t held = h->held[a][s];
        if (held != 0) {
            trade(h, held > 0 ? QM_TAX_DO_SELL : QM_TAX_DO_COVER, a, s, held > 0 ? held : -held);
            price(h, &rng);
            h->events[h->count - 1].date += 40; /* no purchase follows inside the window */
        }
    }
}

static qm_tax *play(const history *h, const qm_tax_config *config, size_t count) {
    qm_tax *tax;
    qm_error err = {0};
    assert_int_equal(qm_tax_new(config, &tax, &err), QM_OK);
    for (size_t i = 0; i < count; i++) {
        if (qm_tax_apply(tax, &h->events[i], &err) != QM_OK) {
            fail_msg("event %zu: %s", i, err.message);
        }
    }
    return tax;
}

static qm_tax_config config_of(size_t n) {
    return (qm_tax_config){.method = METHODS[n % METHOD_COUNT],
                           .wash = n / METHOD_COUNT % 2,
                           .granular = n / METHOD_COUNT / 2 % 2,
                           .tack_date = n / METHOD_COUNT / 4 % 2,
                           .broker_scope = n / METHOD_COUNT / 8 % 2,
                           .grain = n / METHOD_COUNT / 16 % 2 ? cents(1) : (qm_decimal){0},
                           .rates = {{350000000}, {150000000}}};
}
enum { CONFIGS = METHOD_COUNT * 32 };

typedef struct sums {
    int64_t gain, permanent, long_basis, short_basis, added;
    int64_t held[ACCOUNTS][SYMBOLS];
} sums;

static int index_of(const char *const *names, int count, const char *name) {
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return i;
        }
    }
    fail_msg("unknown name %s", name);
    return 0;
}

/* Of each row and lot what holds for it alone; their sums. */
static sums check_parts(qm_tax *tax, uint64_t seed) {
    sums sum = {0};
    const qm_tax_row *rows;
    qm_tax_lot *lots;
    size_t n = qm_tax_rows(tax, &rows), count;
    for (size_t i = 0; i < n; i++) {
        const qm_tax_row *r = &rows[i];
        int64_t raw = r->proceeds.raw - r->basis.raw;
        bool fine = r->qty.raw > 0 && r->gain.raw == raw + r->disallowed.raw &&
                    r->disallowed.raw >= 0 && r->permanent.raw >= 0 &&
                    r->permanent.raw <= r->disallowed.raw && r->holding <= r->acquired &&
                    (raw >= 0 ? r->disallowed.raw == 0 : r->disallowed.raw <= -raw) &&
                    (r->disallowed.raw == 0 || r->gain.raw <= 0);
        if (!fine) {
            fail_msg("seed %llu: row %zu of %s: gain %lld, disallowed %lld",
                     (unsigned long long)seed, i, r->sale, (long long)r->gain.raw,
                     (long long)r->disallowed.raw);
        }
        sum.gain += r->gain.raw;
        sum.permanent += r->permanent.raw;
    }
    assert_int_equal(qm_tax_open_lots(tax, &lots, &count), QM_OK);
    for (size_t i = 0; i < count; i++) {
        const qm_tax_lot *l = &lots[i];
        int64_t size = l->qty.raw < 0 ? -l->qty.raw : l->qty.raw;
        assert_true(size > 0 && l->wash_avail.raw >= 0 && l->wash_avail.raw <= size);
        *(l->qty.raw > 0 ? &sum.long_basis : &sum.short_basis) += l->basis.raw;
        sum.added += l->wash_added.raw;
        sum.held[index_of(ACCOUNT, ACCOUNTS, l->account)][index_of(SYMBOL, SYMBOLS, l->symbol)] +=
            l->qty.raw;
    }
    qm_free(lots);
    return sum;
}

/* 1, 2, 3, 4: quantities, one bite, losses, money. */
static void test_every_policy(void **state) {
    (void)state;
    const char *more = getenv("QM_TAX_SEEDS");
    uint64_t seeds = more ? strtoull(more, NULL, 10) : SEEDS;
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        history h;
        make(&h, seed, false);
        for (size_t k = 0; k < 8; k++) {
            qm_tax_config config = config_of((size_t)seed * 8 + k * 37);
            qm_tax *tax = play(&h, &config, h.count);
            sums sum = check_parts(tax, seed);
            qm_decimal cash;
            assert_int_equal(qm_total_to_decimal(qm_tax_net_cash(tax), &cash), QM_OK);
            int64_t money = cash.raw + sum.long_basis - sum.short_basis + sum.permanent;
            if (sum.gain != money || memcmp(sum.held, h.held, sizeof h.held) != 0) {
                fail_msg("seed %llu, method %d, wash %d: gains %lld, money %lld",
                         (unsigned long long)seed, config.method, config.wash, (long long)sum.gain,
                         (long long)money);
            }
            qm_tax_free(tax);
        }
    }
}

/* 5, 16: when all is closed every method and policy has earned the same. */
static void test_all_closed(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS / 3; seed++) {
        history h;
        make(&h, seed, true);
        int64_t first = 0;
        for (size_t k = 0; k < CONFIGS; k += 7) {
            qm_tax_config config = config_of(k);
            qm_tax *tax = play(&h, &config, h.count);
            sums sum = check_parts(tax, seed);
            first = k == 0 ? sum.gain : first;
            if (sum.gain != first || sum.added != 0 || sum.permanent != 0) {
                fail_msg("seed %llu, policy %zu: gains %lld instead of %lld",
                         (unsigned long long)seed, k, (long long)sum.gain, (long long)first);
            }
            qm_tax_free(tax);
        }
    }
}

static bool same_rows(const qm_tax *a, const qm_tax *b) {
    const qm_tax_row *x, *y;
    size_t n = qm_tax_rows(a, &x);
    bool same = n == qm_tax_rows(b, &y);
    for (size_t i = 0; same && i < n; i++) {
        same = strcmp(x[i].sale, y[i].sale) == 0 && strcmp(x[i].lot, y[i].lot) == 0 &&
               x[i].qty.raw == y[i].qty.raw && x[i].proceeds.raw == y[i].proceeds.raw &&
               x[i].basis.raw == y[i].basis.raw && x[i].gain.raw == y[i].gain.raw &&
               x[i].disallowed.raw == y[i].disallowed.raw && x[i].term == y[i].term &&
               x[i].holding == y[i].holding;
    }
    return same;
}

/* A sale of more than is held is refused, and the book goes on as if it had not been. */
static void test_refusal_changes_nothing(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS / 3; seed++) {
        history h;
        make(&h, seed, false);
        qm_tax_config config = config_of((size_t)seed * 13);
        qm_tax *straight = play(&h, &config, h.count), *tried;
        qm_error err = {0};
        assert_int_equal(qm_tax_new(&config, &tried, &err), QM_OK);
        for (size_t i = 0; i < h.count; i++) {
            assert_int_equal(qm_tax_apply(tried, &h.events[i], &err), QM_OK);
            qm_tax_event beyond = h.events[i];
            beyond.id = "beyond";
            beyond.kind = QM_TAX_DO_SELL;
            beyond.symbol = "X";
            beyond.close_only = true;
            beyond.qty.raw = 1000000 * QM_DECIMAL_SCALE;
            assert_int_equal(qm_tax_apply(tried, &beyond, &err), QM_ELOTS);
        }
        if (!same_rows(straight, tried)) {
            fail_msg("seed %llu: a refused sale has changed rows", (unsigned long long)seed);
        }
        qm_tax_free(straight);
        qm_tax_free(tried);
    }
}

/* 15: with one account the broker's view is the taxpayer's. */
static void test_one_account(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        history h;
        make(&h, seed, false);
        size_t kept = 0;
        for (size_t i = 0; i < h.count; i++) {
            if (h.events[i].account == ACCOUNT[0]) {
                h.events[kept++] = h.events[i];
            }
        }
        qm_tax_config taxpayer = {.method = METHODS[seed % METHOD_COUNT],
                                  .wash = true,
                                  .rates = {{350000000}, {150000000}}};
        qm_tax_config broker = taxpayer;
        broker.broker_scope = true;
        qm_tax *a = play(&h, &taxpayer, kept), *b = play(&h, &broker, kept);
        if (!same_rows(a, b)) {
            fail_msg("seed %llu: the views differ", (unsigned long long)seed);
        }
        qm_tax_free(a);
        qm_tax_free(b);
    }
}

/* 17: what happens later than the window leaves a row alone. */
static void test_later_events(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS / 3; seed++) {
        history h;
        make(&h, seed, false);
        qm_tax_config config = config_of((size_t)seed * 5 + METHOD_COUNT);
        for (size_t cut = 5; cut < h.count; cut += 7) {
            if (h.events[cut].date - h.events[cut - 1].date <= 30) {
                continue;
            }
            qm_tax *part = play(&h, &config, cut), *whole = play(&h, &config, h.count);
            const qm_tax_row *x, *y;
            size_t n = qm_tax_rows(part, &x);
            assert_true(n <= qm_tax_rows(whole, &y));
            for (size_t i = 0; i < n; i++) {
                if (x[i].gain.raw != y[i].gain.raw || x[i].basis.raw != y[i].basis.raw) {
                    fail_msg("seed %llu: row %zu was amended after its window",
                             (unsigned long long)seed, i);
                }
            }
            qm_tax_free(part);
            qm_tax_free(whole);
        }
    }
}

/* The rows that an event made and the losses it took, from the books before and after it. */
static void compare_preview(const qm_tax_preview *p, const qm_tax *tax, size_t before,
                            const qm_decimal *disallowed, uint64_t seed) {
    const qm_tax_row *rows;
    size_t n = qm_tax_rows(tax, &rows);
    bool same = p->rows.length == n - before;
    qm_decimal washed = QM_DECIMAL_ZERO;
    for (size_t i = 0; i < before; i++) {
        washed.raw += rows[i].disallowed.raw - disallowed[i].raw;
    }
    for (size_t i = 0; same && i < p->rows.length; i++) {
        const qm_tax_row *a = &p->rows.items[i], *b = &rows[before + i];
        same = strcmp(a->lot, b->lot) == 0 && strcmp(a->sale, b->sale) == 0 &&
               a->qty.raw == b->qty.raw && a->gain.raw == b->gain.raw &&
               a->disallowed.raw == b->disallowed.raw && a->term == b->term &&
               a->proceeds_cents == b->proceeds_cents && a->basis_cents == b->basis_cents;
    }
    if (!same || washed.raw != p->washed.raw) {
        fail_msg("seed %llu: the preview differs from what happened", (unsigned long long)seed);
    }
}

/* 22: a preview gives the rows that come, and changes nothing. */
static void test_preview(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS / 3; seed++) {
        history h;
        make(&h, seed, false);
        qm_tax_config config = config_of((size_t)seed * 11 + METHOD_COUNT);
        qm_tax *straight = play(&h, &config, h.count), *asked;
        qm_error err = {0};
        assert_int_equal(qm_tax_new(&config, &asked, &err), QM_OK);
        for (size_t i = 0; i < h.count; i++) {
            qm_tax_preview p;
            qm_decimal disallowed[4 * EVENTS + 64];
            const qm_tax_row *rows;
            assert_int_equal(qm_tax_preview_event(asked, &h.events[i], &p, &err), QM_OK);
            size_t before = qm_tax_rows(asked, &rows);
            assert_true(before < sizeof disallowed / sizeof *disallowed);
            for (size_t k = 0; k < before; k++) {
                disallowed[k] = rows[k].disallowed;
            }
            assert_int_equal(qm_tax_apply(asked, &h.events[i], &err), QM_OK);
            compare_preview(&p, asked, before, disallowed, seed);
            qm_tax_preview_fini(&p);
        }
        if (!same_rows(straight, asked)) {
            fail_msg("seed %llu: a preview has changed rows", (unsigned long long)seed);
        }
        qm_tax_free(straight);
        qm_tax_free(asked);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_policy),
        cmocka_unit_test(test_all_closed),
        cmocka_unit_test(test_refusal_changes_nothing),
        cmocka_unit_test(test_one_account),
        cmocka_unit_test(test_later_events),
        cmocka_unit_test(test_preview),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
