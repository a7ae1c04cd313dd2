/* SPDX-License-Identifier: MIT
 *
 * Statements: cells, names, identities and the harder rows, in texts of a few lines. Every figure
 * is worked out by hand.
 */
#include "base/mem.h"
#include "import/reconcile.h"
#include "import/statement_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* ---- cells ---- */

static void times_are_read(void **state) {
    static const struct {
        const char *text, *date;
        int64_t seconds, offset; /* seconds -1: none; offset INT64_MIN: none */
    } CASES[] = {
        {"2024-01-10, 10:00:00", "2024-01-10", 36000, INT64_MIN},
        {"2024-01-10 10:00:00", "2024-01-10", 36000, INT64_MIN},
        {"20240110;100000", "2024-01-10", 36000, INT64_MIN},
        {"2017-01-02, 090000", "2017-01-02", 32400, INT64_MIN},
        {"2025-03-15;15:30:00 EDT", "2025-03-15", 55800, INT64_MIN},
        {"20240229", "2024-02-29", -1, INT64_MIN},
        {"2024-08-16T15:57:13+0200", "2024-08-16", 57433, 7200},
        {"2021-05-15T06:42:50-0700", "2021-05-15", 24170, -25200},
        {"2024-08-16T15:57:13Z", "2024-08-16", 57433, 0},
        {"03/20/2020 4:00 PM", "2020-03-20", 57600, INT64_MIN},
        {"12/31/2020 12:05 AM", "2020-12-31", 300, INT64_MIN},
        {"6/18/21", "2021-06-18", -1, INT64_MIN},
        {"19-Jun-26", "2026-06-19", -1, INT64_MIN},
        {"January 1, 2025", "2025-01-01", -1, INT64_MIN},
        {" 2024-01-10 ", "2024-01-10", -1, INT64_MIN},
    };
    static const char *const BAD[] = {"",
                                      "-",
                                      "2024-13-01",
                                      "2024-02-30",
                                      "2023-02-29",
                                      "20240230",
                                      "2024-1-1",
                                      "10:00:00",
                                      "2024-01-10,",
                                      "2024-01-10, 24:00:00",
                                      "2024-01-10, 10:60:00",
                                      "2024-01-10x",
                                      "13/31/2024",
                                      "2024-01-10T10:00:00+2",
                                      "03/20/2020 13:00 PM",
                                      "1/2/3",
                                      "January 32, 2025",
                                      "2024-01-10, 10:00:00 edt"};
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        cell_time t;
        char date[QM_DATE_BUF];
        assert_true(qm_cell_when(qm_cell_of(CASES[i].text), &t));
        qm_date_format(t.date, date);
        assert_string_equal(date, CASES[i].date);
        assert_int_equal(t.ns, CASES[i].seconds < 0 ? -1 : CASES[i].seconds * QM_SECOND_NS);
        assert_int_equal(t.has_zone, CASES[i].offset != INT64_MIN);
        if (t.has_zone) {
            assert_int_equal(t.offset_ns, CASES[i].offset * QM_SECOND_NS);
        }
    }
    for (size_t i = 0; i < COUNT(BAD); i++) {
        cell_time t;
        if (qm_cell_when(qm_cell_of(BAD[i]), &t)) {
            fail_msg("\"%s\" is taken as a time", BAD[i]);
        }
    }
}

static void options_are_named(void **state) {
    static const struct {
        const char *text, *root, *expiry, *strike;
        char right;
    } CASES[] = {{"TSLA 19JUN26 300 C", "TSLA", "2026-06-19", "300", 'C'},
                 {"CLOV 16JUL21 20.0 C", "CLOV", "2021-07-16", "20", 'C'},
                 {"BRK B 16JUL21 300.5 P", "BRK B", "2021-07-16", "300.5", 'P'},
                 {"SPY   250825P00643000", "SPY", "2025-08-25", "643", 'P'},
                 {"USO1  200717P00002500", "USO1", "2020-07-17", "2.5", 'P'}};
    static const char *const BAD[] = {
        "AAPL", "TSLA 19JUN26 300", "TSLA 32JUN26 300 C", "SPY   251325P00643000", "19JUN26 300 C",
        ""};
    option_name o;
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        char text[64];
        assert_true(qm_option_read(qm_cell_of(CASES[i].text), &o));
        snprintf(text, sizeof text, "%.*s", (int)o.root.length, o.root.text);
        assert_string_equal(text, CASES[i].root);
        qm_date_format(o.expiry, text);
        assert_string_equal(text, CASES[i].expiry);
        text[qm_decimal_format(o.strike, text)] = 0;
        assert_string_equal(text, CASES[i].strike);
        assert_int_equal(o.right, CASES[i].right);
    }
    for (size_t i = 0; i < COUNT(BAD); i++) {
        assert_false(qm_option_read(qm_cell_of(BAD[i]), &o));
    }
}

/* ---- whole texts ---- */

typedef struct book {
    qm_statement *st;
    qm_history history;
    bool known[64];
    qm_booking *booking;
    qm_reconcile r;
} book;

static book run(const char *text) {
    book b = {0};
    qm_error err = {0};
    if (qm_statement_read_text("text", text, strlen(text), &b.st, &err) != QM_OK) {
        fail_msg("%s", err.message);
    }
    assert_true(b.st->facts.length <= COUNT(b.known));
    assert_int_equal(qm_history_add(&b.history, b.st, 0, b.known), QM_OK);
    assert_int_equal(qm_history_sort(&b.history), QM_OK);
    assert_int_equal(qm_booking_run(&b.history, b.st, &b.booking, &err), QM_OK);
    qm_reconcile_input in = {&b.history, b.st, b.booking, b.known};
    assert_int_equal(qm_reconcile_account(&in, &b.st->accounts.items[0], &b.r), QM_OK);
    return b;
}

static void done(book *b) {
    qm_reconcile_fini(&b->r);
    qm_booking_free(b->booking);
    qm_history_fini(&b->history);
    qm_statement_free(b->st);
}

/* "SYM ours/statement ..." */
static const char *gains(const book *b, char *out, size_t size) {
    size_t n = 0;
    out[0] = 0;
    for (size_t i = 0; i < b->r.gains.length; i++) {
        const qm_reconcile_gain *g = &b->r.gains.items[i];
        char ours[QM_TOTAL_BUF], theirs[QM_TOTAL_BUF];
        qm_total_format(g->ours, ours);
        qm_total_format(g->statement, theirs);
        n += (size_t)snprintf(out + n, size - n, "%s%s %s/%s", i ? ", " : "", g->symbol,
                              g->has_ours ? ours : "?", g->has_statement ? theirs : "?");
    }
    return out;
}

/* "SYM units ..." of what is held, by the booking. */
static const char *held(const book *b, char *out, size_t size) {
    size_t n = 0;
    out[0] = 0;
    for (size_t i = 0; i < b->booking->holdings.length; i++) {
        const qm_holding *h = &b->booking->holdings.items[i];
        qm_decimal units = {h->held[0].raw - h->held[1].raw};
        char text[QM_DECIMAL_BUF], basis[QM_DECIMAL_BUF];
        qm_decimal_format(units, text);
        qm_decimal_format(h->basis, basis);
        if (units.raw) {
            n += (size_t)snprintf(out + n, size - n, "%s%s %s@%s", n ? ", " : "", h->symbol, text,
                                  h->has_basis ? basis : "?");
        }
    }
    return out;
}

static const char *missing(const book *b, char *out, size_t size) {
    size_t n = 0;
    out[0] = 0;
    for (size_t i = 0; i < b->r.missing.length; i++) {
        char text[QM_DECIMAL_BUF];
        qm_decimal_format(b->r.missing.items[i].quantity, text);
        n += (size_t)snprintf(out + n, size - n, "%s%s %s", i ? ", " : "",
                              b->r.missing.items[i].symbol, text);
    }
    return out;
}

#define TASTY                                                                                      \
    "Date,Type,Sub Type,Action,Symbol,Instrument Type,Description,Value,Quantity,Average "         \
    "Price,Commissions,Fees,Multiplier,Root Symbol,Underlying Symbol,Expiration Date,Strike "      \
    "Price,Call or Put,Order #,Currency\n2024-05-"
#define TRADES                                                                                     \
    "Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. "        \
    "Price,C. Price,Proceeds,Comm/Fee,Basis,Realized P/L,MTM P/L,Code\n"
#define STOCK "Trades,Data,Order,Stocks,USD,"
#define OPTION "Trades,Data,Order,Equity and Index Options,USD,"
#define ACTIONS                                                                                    \
    "Corporate Actions,Header,Asset Category,Currency,Report "                                     \
    "Date,Date/Time,Description,Quantity,Proceeds,Value,Realized P/L,Code\n"
#define ACTION "Corporate Actions,Data,Stocks,USD,2025-03-04,\"2025-03-03, 20:25:00\","

static const struct {
    const char *name, *text, *gains, *held, *missing;
} BOOKS[] = {
    {"a sale larger than the position flips it when it says that it opens",
     TRADES STOCK "A,\"2025-01-02, 10:00:00\",10,5,,-50,-1,51,0,,O\n" STOCK
                  "A,\"2025-01-03, 10:00:00\",-15,6,,90,-1.5,-51,8,,C;O\n",
     "A 8/8", "A -5@-29.5", ""},
    {"a sale without code is no short sale",
     TRADES STOCK "A,\"2025-01-03, 10:00:00\",-15,6,,90,0,0,0,,\n", "A ?/0", "", "A 15"},
    {"a short from before the file: units, and no gain",
     TRADES STOCK "A,\"2025-01-03, 10:00:00\",15,6,,-90,0,100,10,,C\n", "A ?/10", "", "A -15"},
    {"what is left of a known short after an unknown one",
     TRADES STOCK "A,\"2025-01-02, 10:00:00\",-5,7,,35,0,-35,0,,O\n" STOCK
                  "A,\"2025-01-03, 10:00:00\",15,6,,-90,0,100,10,,C\n",
     "A ?/10", "", "A -10"},
    {"older lots go first, so that a gain is not known although later lots are",
     TRADES STOCK
     "A,\"2025-01-02, 10:00:00\",5,7,,-35,0,35,0,,O\n" STOCK
     "A,\"2025-01-03, 10:00:00\",-5,8,,40,0,-20,20,,C\n"
     "Open Positions,Header,DataDiscriminator,Asset Category,Currency,Symbol,Quantity,Cost Basis\n"
     "Open Positions,Data,Summary,Stocks,USD,A,5,35\n",
     "A ?/20", "A 5@35", "A 5"},
    {"rows are sorted by time, not as they stand",
     TRADES STOCK "A,\"2025-01-03, 10:00:00\",-5,8,,40,0,-35,5,,C\n" STOCK
                  "A,\"2025-01-02, 10:00:00\",5,7,,-35,0,35,0,,O\n",
     "A 5/5", "", ""},
    {"executions are taken, and not their order as well",
     TRADES STOCK
     "A,\"2025-01-02, 10:00:00\",10,7.5,,-75,-2,77,0,,O;P\n"
     "Trades,Data,Trade,Stocks,USD,A,\"2025-01-02, 10:00:00\",5,7,,-35,-1,36,0,,O\n"
     "Trades,Data,Trade,Stocks,USD,A,\"2025-01-02, 10:00:00\",5,8,,-40,-1,41,0,,O\n" STOCK
     "B,\"2025-01-02, 10:00:00\",1,7,,-7,0,7,0,,O\n",
     "", "A 10@77, B 1@7", ""},
    {"a cancelled trade is none",
     TRADES STOCK "A,\"2025-01-02, 10:00:00\",10,5,,-50,-1,51,0,,O\n" STOCK
                  "A,\"2025-01-02, 11:00:00\",10,6,,-60,-1,61,0,,O\n" STOCK
                  "A,\"2025-01-02, 12:00:00\",-10,6,,60,1,-61,0,,Ca;O\n",
     "", "A 10@51", ""},
    {"equal symbols in two currencies are two instruments",
     TRADES STOCK
     "V,\"2025-01-02, 10:00:00\",10,5,,-50,0,50,0,,O\n"
     "Trades,Data,Order,Stocks,GBP,V,\"2025-01-02, 11:00:00\",10,6,,-60,0,60,0,,O\n" STOCK
     "V,\"2025-01-03, 10:00:00\",-10,6,,60,0,-50,10,,C\n",
     "V 10/10", "V 10@60", ""},
    {"an assigned call sells its stock at strike and premium",
     TRADES STOCK "A,\"2025-01-02, 10:00:00\",100,50,,-5000,-1,5001,0,,O\n" OPTION
                  "A 21FEB25 55 C,\"2025-01-02, 11:00:00\",-1,2,,200,-1,-199,0,,O\n" OPTION
                  "A 21FEB25 55 C,\"2025-02-21, 16:20:00\",1,0,,0,0,199,0,,A;C\n" STOCK
                  "A,\"2025-02-21, 16:20:00\",-100,55,,5500,-0.2,-5001,697.8,,A;C\n",
     "A 697.8/697.8", "", ""},
    {"an exercised put of two lots, the rows of the stock first",
     TRADES STOCK "A,\"2025-01-02, 10:00:00\",200,50,,-10000,0,10000,0,,O\n" STOCK
                  "A,\"2025-02-21, 16:20:00\",-200,55,,11000,0,-10000,600,,Ex;C\n" OPTION
                  "A 21FEB25 55 P,\"2025-01-02, 11:00:00\",1,2,,-200,0,200,0,,O\n" OPTION
                  "A 21FEB25 55 P,\"2025-01-02, 12:00:00\",1,2,,-200,0,200,0,,O\n" OPTION
                  "A 21FEB25 55 P,\"2025-02-21, 16:20:00\",-2,0,,0,0,-400,0,,C;Ex\n",
     "A 600/600", "", ""},
    {"an assignment without its option's opening: the cost of the stock is not known",
     TRADES STOCK
     "A,\"2025-02-21, 16:20:00\",100,55,,-5500,0,5300,0,,A;O\n" OPTION
     "A 21FEB25 55 P,\"2025-02-21, 16:20:00\",1,0,,0,0,200,0,,A;C\n"
     "Open Positions,Header,DataDiscriminator,Asset Category,Currency,Symbol,Quantity,Mult,Cost "
     "Basis\nOpen Positions,Data,Summary,Stocks,USD,A,100,1,5300\n"
     "Financial Instrument Information,Header,Asset Category,Symbol,Multiplier\n"
     "Financial Instrument Information,Data,Equity and Index Options,A 21FEB25 55 P,100\n",
     "A 21FEB25 55 P ?/0", "A 100@?", "A 21FEB25 55 P -1"},
    {"a cash-settled option closes at its value",
     TRADES OPTION "X 21FEB25 4000 P,\"2025-01-02, 11:00:00\",1,20,,-2000,-1,2001,0,,O\n" OPTION
                   "X 21FEB25 4000 P,\"2025-02-21, 16:20:00\",-1,30,,3000,0,-2001,999,,C;Ex\n",
     "X 21FEB25 4000 P 999/999", "", ""},
    {"a reverse split with a line that is renamed, in any order",
     TRADES STOCK "A,\"2025-01-02, 10:00:00\",100,1,,-100,0,100,0,,O\n" ACTIONS ACTION
                  "\"A(US1) Split 1 for 10 (A, A INC, US2)\",10,0,0,0,\n" ACTION
                  "\"A(US1) Split 1 for 10 (A.OLD, A INC, US1)\",-100,0,0,0,\n" TRADES STOCK
                  "A,\"2025-04-01, 10:00:00\",-4,12,,48,0,-40,8,,C\n",
     "A 8/8", "A 6@60", ""},
    {"a split shows what was held before",
     ACTIONS ACTION "\"A(US1) Split 4 for 1 (A, A INC, US1)\",30,0,0,0,\n" TRADES STOCK
                    "A,\"2025-04-01, 10:00:00\",-40,12,,480,0,-100,380,,C\n",
     "A ?/380", "", "A 10"},
    {"a change of name carries the lots",
     TRADES STOCK "A,\"2025-01-02, 10:00:00\",10,5,,-50,0,50,0,,O\n" ACTIONS ACTION
                  "\"A(US1) CUSIP/ISIN Change to (US2) (A.OLD, A INC, US1)\",-10,0,0,0,\n" ACTION
                  "\"A(US1) CUSIP/ISIN Change to (US2) (B, B INC, US2)\",10,0,0,0,\n" TRADES STOCK
                  "B,\"2025-04-01, 10:00:00\",-10,7,,70,0,-50,20,,C\n",
     "A 20/20", "", ""},
    {"a merger for stock at the units that the statement moved",
     TRADES STOCK
     "A,\"2025-01-02, 10:00:00\",10,5,,-50,0,50,0,,O\n" ACTIONS ACTION
     "\"A(US1) Merged(Acquisition)  WITH US2 1 for 3 (A, A INC, US1)\",-10,0,0,0,\n" ACTION
     "\"A(US1) Merged(Acquisition)  WITH US2 1 for 3 (B, B INC, US2)\",3.3333,0,0,0,\n",
     "", "B 3.3333@50", ""},
    {"a merger for cash",
     TRADES STOCK
     "A,\"2025-01-02, 10:00:00\",10,5,,-50,-1,51,0,,O\n" ACTIONS ACTION
     "\"A(US1) Merged(Acquisition) for USD 54.20 per Share (A, A INC, US1)\",-10,542,0,491,\n",
     "A 491/491", "", ""},
    {"what a spin-off costs is not in the file",
     TRADES STOCK "A,\"2025-01-02, 10:00:00\",10,5,,-50,0,50,0,,O\n" ACTIONS ACTION
                  "\"A(US1) Spinoff  241917 for 1000000 (B, B INC, US2)\",2.4192,0,0,0,\n",
     "", "A 10@50, B 2.4192@?", ""},
    {"an action that was taken back is none",
     TRADES STOCK "A,\"2025-01-02, 10:00:00\",10,5,,-50,0,50,0,,O\n" ACTIONS ACTION
                  "\"A(US1) Split 2 for 1 (A, A INC, US1)\",10,0,0,0,\n" ACTION
                  "\"A(US1) Split 2 for 1 (A, A INC, US1)\",-10,0,0,0,Ca\n",
     "", "A 10@50", ""},
    {"units of an action that is not booked are a difference, not lots from before",
     TRADES STOCK "A,\"2025-01-02, 10:00:00\",100,5,,-500,0,500,0,,O\n" ACTIONS ACTION
                  "\"A(US1) Stock Dividend US1 5 for 100 (A, A INC, US1)\",5,0,0,0,\n"
                  "Open Positions,Header,DataDiscriminator,Asset Category,Currency,Symbol,Quantity,"
                  "Cost Basis\nOpen Positions,Data,Summary,Stocks,USD,A,105,500\n",
     "", "A 100@500", ""},
    {"units by transfer or award have no cost, whatever price the row has",
     TASTY
     "20T15:30:00+0200,Trade,Sell to Close,SELL_TO_CLOSE,A,Equity,Sold 4 A,40.00,4,10.00,0.00,"
     "0.00,,,,,,,,USD\n2024-05-12T15:30:00+0200,Receive Deliver,ACAT,BUY_TO_OPEN,A,Equity,ACAT "
     "transfer,-90.00,10,-9.00,--,0.00,,,,,,,,USD\n2024-05-11T15:30:00+0200,Receive "
     "Deliver,Buy to Open,BUY_TO_OPEN,ETH/USD,Cryptocurrency,Awarded 0.5 Long "
     "ETH/USD,0,0.5,0,--,0,,,,,,,,USD\n",
     "A ?/?", "ETH/USD 0.5@?, A 6@?", "ETH/USD 0.5, A 10"},
    {"shares and options are closed and opened by a split on their own",
     TASTY
     "08T14:00:00+0200,Receive Deliver,Reverse Split,BUY_TO_OPEN,A1    240621C00005000,Equity "
     "Option,Reverse split: Open,-20.00,1,-20.00,--,0.00,100,A1,A,6/21/24,5,CALL,,USD\n"
     "2024-05-08T14:00:00+0200,Receive Deliver,Reverse Split,SELL_TO_CLOSE,A     "
     "240621C00005000,Equity Option,Reverse split: "
     "Close,20.00,1,20.00,--,0.00,100,A,A,6/21/24,5,CALL,,USD\n"
     "2024-05-08T14:00:00+0200,Receive Deliver,Reverse Split,BUY_TO_OPEN,A,Equity,Reverse "
     "split: Open,-60.00,2,-30.00,--,0.00,,,,,,,,USD\n"
     "2024-05-08T14:00:00+0200,Receive Deliver,Reverse Split,SELL_TO_CLOSE,A,Equity,Reverse "
     "split: Close,60.00,20,3.00,--,0.00,,,,,,,,USD\n"
     "2024-05-07T15:30:00+0200,Trade,Buy to Open,BUY_TO_OPEN,A     240621C00005000,Equity "
     "Option,Bought 1,-20.00,1,-20.00,0,-0.14,100,A,A,6/21/24,5,CALL,,USD\n"
     "2024-05-07T15:30:00+0200,Trade,Buy to Open,BUY_TO_OPEN,A,Equity,Bought 20 "
     "A,-60.00,20,-3.00,0,0.00,,,,,,,,USD\n",
     "", "A 2@60, A     240621C00005000 1@20.14", ""},
    {"a future's day is cash, and neither a lot nor a missing one",
     TASTY "20T15:30:00+0200,Trade,Sell,SELL,/S10YZ20,Future,Sold 1,17,1,17,0,-0.125,,,,,,,,USD\n"
           "2024-05-19T15:30:00+0200,Trade,Buy,BUY,/S10YZ20,Future,Bought 1,0,1,0,0,-0.125,,,,,,,,"
           "USD\n",
     "", "", ""},
    {"an option that ends has no side in the file: what is held says it",
     TASTY
     "24T22:00:00+0200,Receive Deliver,Expiration,,A     240524C00050000,Equity Option,Removal "
     "of 1 due to expiration,0.00,1,0.00,--,0.00,100,A,A,5/24/24,50,CALL,,USD\n"
     "2024-05-20T15:30:00+0200,Trade,Sell to Open,SELL_TO_OPEN,A     240524C00050000,Equity "
     "Option,Sold 1,30.00,1,30.00,-1.00,-0.14,100,A,A,5/24/24,50,CALL,1,USD\n",
     "A     240524C00050000 28.86/?", "", ""},
    {"the lots that the statement names, not the first ones",
     TRADES STOCK
     "A,\"2025-01-02, 10:00:00\",10,5,,-50,0,50,0,,O\n" STOCK
     "A,\"2025-01-03, 10:00:00\",10,7,,-70,0,70,0,,O\n" STOCK
     "A,\"2025-02-03, 10:00:00\",-10,6,,60,0,-70,-10,,C;HC\n"
     "Trades,Data,ClosedLot,Stocks,USD,A,\"2025-01-03, 10:00:00\",10,7,,,,70,-10,,ST\n",
     "A -10/-10", "A 10@50", ""},
};

static void books_are_as_by_hand(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(BOOKS); i++) {
        char text[512];
        book b = run(BOOKS[i].text);
        const char *got = gains(&b, text, sizeof text);
        if (strcmp(got, BOOKS[i].gains) != 0) {
            fail_msg("%s: gains \"%s\", expected \"%s\"", BOOKS[i].name, got, BOOKS[i].gains);
        }
        got = held(&b, text, sizeof text);
        if (strcmp(got, BOOKS[i].held) != 0) {
            fail_msg("%s: held \"%s\", expected \"%s\"", BOOKS[i].name, got, BOOKS[i].held);
        }
        got = missing(&b, text, sizeof text);
        if (strcmp(got, BOOKS[i].missing) != 0) {
            fail_msg("%s: missing \"%s\", expected \"%s\"", BOOKS[i].name, got, BOOKS[i].missing);
        }
        assert_int_equal(b.st->rejects.length, 0);
        done(&b);
    }
}

/* ---- identities ---- */

static qm_statement *read_text(const char *text) {
    qm_statement *st = NULL;
    qm_error err = {0};
    if (qm_statement_read_text("text", text, strlen(text), &st, &err) != QM_OK) {
        fail_msg("%s", err.message);
    }
    return st;
}

static void equal_rows_are_counted(void **state) {
    (void)state;
    qm_statement *one = read_text(TRADES STOCK "A,\"2025-01-02, 10:00:00\",10,5,,-50,0,50,0,,O\n");
    qm_statement *two =
        read_text(TRADES STOCK "A,\"2025-01-02, 10:00:00\",10,5.00,,-50,0,50,0,,O\n" STOCK
                               "A,\"2025-01-02, 10:00:00\",10,5,,\"-50.0\",0,50,1,,O;P\n");
    assert_string_equal(one->facts.items[0].id, two->facts.items[0].id);
    assert_string_not_equal(two->facts.items[0].id, two->facts.items[1].id);
    qm_history h = {0};
    bool known[2];
    assert_int_equal(qm_history_add(&h, one, 0, known), QM_OK);
    assert_false(known[0]);
    assert_int_equal(qm_history_add(&h, two, 1, known), QM_OK);
    assert_true(known[0]);
    assert_false(known[1]); /* the second fill of that second is real */
    assert_int_equal(qm_history_add(&h, two, 2, known), QM_OK);
    assert_true(known[0] && known[1]);
    assert_int_equal(h.items.length, 2);
    qm_history_fini(&h);
    qm_statement_free(one);
    qm_statement_free(two);
}

static void layouts_of_tastytrade_meet(void **state) {
    (void)state;
    qm_statement *old = read_text(
        "Date,Type,Action,Symbol,Instrument Type,Description,Value,Quantity,Average "
        "Price,Commissions,Fees,Multiplier,Underlying Symbol,Expiration Date,Strike Price,Call or "
        "Put\n2021-05-12T11:33:08-0700,Trade,SELL_TO_OPEN,XOP   210618C00100000,Equity "
        "Option,Sold 1,110,1,110,-1,-0.142,100,XOP,6/18/21,100,CALL\n");
    qm_statement *new = read_text(
        "Date,Type,Sub Type,Action,Symbol,Instrument Type,Description,Value,Quantity,Average "
        "Price,Commissions,Fees,Multiplier,Root Symbol,Underlying Symbol,Expiration Date,Strike "
        "Price,Call or Put,Order #,Currency\n2021-05-12T20:33:08+0200,Trade,Sell to "
        "Open,SELL_TO_OPEN,XOP   210618C00100000,Equity Option,Sold 1 "
        "XOP,110.00,1,110.00,-1.00,-0.14,100,XOP,XOP,6/18/21,100,CALL,77,USD\n");
    assert_string_equal(old->facts.items[0].id, new->facts.items[0].id);
    assert_int_equal(old->facts.items[0].ns, (14 * 3600 + 33 * 60 + 8) * QM_SECOND_NS);
    assert_int_equal(old->facts.items[0].quantity.raw, -QM_DECIMAL_SCALE);
    qm_statement_free(old);
    qm_statement_free(new);
}

/* A spreadsheet's dates, an orphan lot, numbers that are not exact or not there. */
static void odd_rows_are_rejected(void **state) {
    static const struct {
        const char *row, *value, *reason;
    } CASES[] = {
        {STOCK "A,03/04/2025 10:00,10,5,,-50,0,50,0,,O\n", "03/04/2025 10:00",
         "no date as IBKR writes it"},
        {STOCK "A,\"2025-01-02, 10:00:00\",10,5,,-50,0.0000000001,50,0,,O\n", "0.0000000001",
         "more than nine decimals"},
        {STOCK "A,\"2025-01-02, 10:00:00\",10,\"5,1\",,-50,0,50,0,,O\n", "5,1", "no number"},
        {STOCK "A,\"2025-01-02, 10:00:00\",10,5,,99999999999,0,50,0,,O\n", "99999999999",
         "a number too large to be exact"},
        {STOCK "A,\"2025-01-02, 10:00:00\",--,5,,-50,0,50,0,,O\n", "A",
         "a trade needs symbol, currency and quantity"},
        {"Trades,Data,ClosedLot,Stocks,USD,A,2025-01-02,10,5,,,,50,0,,ST\n", "A",
         "a closed lot without its trade"},
        {"Trades,Data,Lump,Stocks,USD,A,2025-01-02,10,5,,,,50,0,,ST\n", "Lump",
         "neither Order, Trade nor ClosedLot"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        char text[512];
        snprintf(text, sizeof text, "%s%s", TRADES, CASES[i].row);
        qm_statement *st = read_text(text);
        assert_int_equal(st->facts.length, 0);
        assert_int_equal(st->rejects.length, 1);
        assert_int_equal(st->rejects.items[0].row, 2);
        assert_string_equal(st->rejects.items[0].value, CASES[i].value);
        assert_string_equal(st->rejects.items[0].reason, CASES[i].reason);
        qm_statement_free(st);
    }
}

/* Several accounts: a column, and statements that were joined. */
static void accounts_are_kept_apart(void **state) {
    (void)state;
    qm_statement *st =
        read_text("Statement,Header,Field Name,Field Value\nStatement,Data,BrokerName,Made up\n"
                  "Statement,Data,Period,\"January 1, 2025 - March 31, 2025\"\n"
                  "Account Information,Header,Field Name,Field Value\nAccount "
                  "Information,Data,Account,U1\n"
                  "Trades,Header,DataDiscriminator,Asset Category,Currency,Account,Symbol,Date/"
                  "Time,Quantity,T. Price,Proceeds,Comm/Fee,Basis,Realized P/L,Code\n"
                  "Trades,Data,Order,Stocks,USD,U7,A,\"2025-01-02, 10:00:00\",10,5,-50,0,50,0,O\n"
                  "Interest,Header,Currency,Date,Description,Amount\n"
                  "Interest,Data,USD,2025-01-03,USD Credit Interest,1.5\n"
                  "Statement,Header,Field Name,Field Value\nStatement,Data,BrokerName,Made up\n"
                  "Statement,Data,Period,\"April 1, 2025 - April 30, 2025\"\n"
                  "Account Information,Header,Field Name,Field Value\nAccount "
                  "Information,Data,Account,U2\nInterest,Header,Currency,Date,Description,Amount\n"
                  "Interest,Data,USD,2025-04-03,USD Credit Interest,2.5\n");
    char date[QM_DATE_BUF];
    assert_int_equal(st->accounts.length, 3);
    assert_string_equal(st->facts.items[0].account, "U7");
    assert_string_equal(st->facts.items[1].account, "U1");
    assert_string_equal(st->facts.items[2].account, "U2");
    assert_string_equal(st->accounts.items[0].name, "U1");
    assert_string_equal(st->accounts.items[2].name, "U2");
    qm_date_format(st->accounts.items[2].from, date);
    assert_string_equal(date, "2025-04-01");
    qm_statement_free(st);
}

/* ---- memory ---- */

static qm_status whole(const char *path) {
    qm_statement *st = NULL;
    qm_history h = {0};
    bool known[64];
    qm_booking *booking = NULL;
    qm_reconcile r = {0};
    qm_error err;
    qm_status status = qm_statement_read(path, &st, &err);
    status = status == QM_OK ? qm_history_add(&h, st, 0, known) : status;
    status = status == QM_OK ? qm_history_sort(&h) : status;
    status = status == QM_OK ? qm_booking_run(&h, st, &booking, &err) : status;
    if (status == QM_OK) {
        qm_reconcile_input in = {&h, st, booking, known};
        status = qm_reconcile_account(&in, &st->accounts.items[0], &r);
    }
    qm_reconcile_fini(&r);
    qm_booking_free(booking);
    qm_history_fini(&h);
    qm_statement_free(st);
    return status;
}

static void each_allocation_may_fail(void **state) {
    static const char *const FILES[] = {"ibkr_activity.csv", "flex_activity.xml",
                                        "flex_wrapped.csv", "tastytrade_2024.csv"};
    (void)state;
    for (size_t i = 0; i < COUNT(FILES); i++) {
        char path[512];
        uint64_t live = qm_mem_get_stats().live_blocks, n = 1;
        snprintf(path, sizeof path, "%s/tests/data/statements/%s", QM_SOURCE_DIR, FILES[i]);
        for (;; n++) {
            qm_mem_fail_from(n);
            qm_status status = whole(path);
            int struck = qm_mem_fault_struck();
            qm_mem_fail_from(0);
            assert_int_equal(qm_mem_get_stats().live_blocks, live);
            if (!struck) {
                assert_int_equal(status, QM_OK);
                break;
            }
            assert_int_equal(status, QM_ENOMEM);
        }
        assert_true(n > 50);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read),
        cmocka_unit_test(options_are_named),
        cmocka_unit_test(books_are_as_by_hand),
        cmocka_unit_test(equal_rows_are_counted),
        cmocka_unit_test(layouts_of_tastytrade_meet),
        cmocka_unit_test(accounts_are_kept_apart),
        cmocka_unit_test(odd_rows_are_rejected),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
