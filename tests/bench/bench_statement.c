/* SPDX-License-Identifier: MIT
 *
 * Statements of each format into facts, against the CSV reader alone over the same bytes (against
 * a scan for line ends, for XML). The sum of all amounts is compared first.
 */
#include "codec/csv.h"
#include "import/statement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BYTES = 48 << 20, ROUNDS = 3 };

typedef struct text {
    char *data;
    size_t length;
    int64_t cents; /* sum of all amounts */
    size_t rows;
} text;

typedef int (*row_writer)(char *out, size_t size, int i, int64_t cents);

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* nobody else's work on the machine */
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int activity_row(char *out, size_t size, int i, int64_t cents) {
    return snprintf(out, size,
                    "Trades,Data,Order,Stocks,USD,SYM%d,\"2025-%02d-%02d, %02d:%02d:%02d\",-100,"
                    "%lld.%02lld,50.01,\"%lld.%02lld\",-1.0025,-4981.0025,12.34,1.5,C;P\n",
                    i % 200, 1 + i / 400000 % 12, 1 + i / 16000 % 28, i / 3600 % 24, i / 60 % 60,
                    i % 60, (long long)cents / 10000, (long long)cents / 100 % 100,
                    (long long)cents / 100, (long long)cents % 100);
}

static int flex_row(char *out, size_t size, int i, int64_t cents) {
    return snprintf(
        out, size,
        "<Trade accountId=\"U0000001\" acctAlias=\"\" model=\"\" currency=\"USD\" "
        "fxRateToBase=\"1\" assetCategory=\"STK\" symbol=\"SYM%d\" description=\"MADE "
        "UP INC\" conid=\"%d\" securityID=\"\" cusip=\"\" isin=\"\" "
        "listingExchange=\"NONE\" multiplier=\"1\" strike=\"\" expiry=\"\" putCall=\"\" "
        "tradeID=\"%d\" transactionID=\"%d\" dateTime=\"202501%02d;%02d%02d%02d\" "
        "quantity=\"-100\" tradePrice=\"50\" proceeds=\"%lld.%02lld\" taxes=\"0\" "
        "ibCommission=\"-1.0025\" ibCommissionCurrency=\"USD\" closePrice=\"50\" "
        "openCloseIndicator=\"C\" notes=\"P\" cost=\"-4981\" fifoPnlRealized=\"12.34\" "
        "mtmPnl=\"1\" buySell=\"SELL\" levelOfDetail=\"EXECUTION\" />\n",
        i % 200, 1000 + i % 200, i, i, 1 + i / 16000 % 28, i / 3600 % 24, i / 60 % 60, i % 60,
        (long long)cents / 100, (long long)cents % 100);
}

static int tasty_row(char *out, size_t size, int i, int64_t cents) {
    return snprintf(out, size,
                    "2024-%02d-%02dT%02d:%02d:%02d+0200,Trade,Sell to Close,SELL_TO_CLOSE,SYM%d,"
                    "Equity,Sold 100 SYM%d @ 50.00,\"%lld.%02lld\",100,50.00,0.00,-0.08,,,,,,,%d,,"
                    "USD\n",
                    1 + i / 400000 % 12, 1 + i / 16000 % 28, i / 3600 % 24, i / 60 % 60, i % 60,
                    i % 200, i % 200, (long long)cents / 100, (long long)cents % 100, i);
}

static text make(const char *head, row_writer row, const char *tail) {
    text t = {malloc(BYTES + 4096), strlen(head), 0, 0};
    if (!t.data) {
        exit(1);
    }
    memcpy(t.data, head, t.length);
    for (int i = 0; t.length < BYTES; i++) {
        int64_t cents = 500000 + i % 99991;
        t.length += (size_t)row(t.data + t.length, 2048, i, cents);
        t.cents += cents;
        t.rows++;
    }
    memcpy(t.data + t.length, tail, strlen(tail));
    t.length += strlen(tail);
    return t;
}

static void check(const char *name, const text *t, const qm_statement *st) {
    qm_total sum = {0}, want = {0};
    for (size_t i = 0; i < st->facts.length; i++) {
        qm_total_add(&sum, st->facts.items[i].amount);
    }
    qm_total_add_product(&want, (qm_decimal){t->cents}, (qm_decimal){10000000 * QM_DECIMAL_SCALE});
    if (st->facts.length != t->rows || qm_total_cmp(sum, want) != 0 || st->rejects.length) {
        printf("%s: %zu facts of %zu rows, or another sum\n", name, st->facts.length, t->rows);
        exit(1);
    }
}

static double reference(const text *t, bool csv) {
    double start = now();
    size_t lines = 0;
    if (csv) {
        qm_stream *stream;
        qm_csv *reader;
        const qm_cell *cells;
        size_t count;
        if (qm_stream_open_memory("-", t->data, t->length, &stream, NULL) != QM_OK ||
            qm_csv_new(stream, "-", 0, &reader) != QM_OK) {
            exit(1);
        }
        while (qm_csv_next(reader, &cells, &count, NULL) == QM_OK && cells) {
            lines++;
        }
        qm_csv_free(reader);
        qm_stream_close(stream);
    } else {
        for (const char *at = t->data, *end = at + t->length;
             (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++) {
            lines++;
        }
    }
    if (lines < t->rows) {
        exit(1);
    }
    return now() - start;
}

static void measure(const char *name, text t, bool csv) {
    double best = 1e9, plain = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        qm_statement *st;
        qm_error err = {0};
        double start = now();
        if (qm_statement_read_text(name, t.data, t.length, &st, &err) != QM_OK) {
            printf("%s: %s\n", name, err.message);
            exit(1);
        }
        double took = now() - start, base = reference(&t, csv);
        check(name, &t, st);
        best = took < best ? took : best;
        plain = base < plain ? base : plain;
        qm_statement_free(st);
    }
    double mb = (double)t.length / 1e6;
    printf("%-14s %6.1f MB/s, %4.0f ns a row, %5.1f x the time of %s\n", name, mb / best,
           best * 1e9 / (double)t.rows, best / plain, csv ? "the CSV reader" : "a scan for lines");
    free(t.data);
}

int main(void) {
    measure("IBKR activity",
            make("Statement,Header,Field Name,Field Value\n"
                 "Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,"
                 "Quantity,T. Price,C. Price,Proceeds,Comm/Fee,Basis,Realized P/L,MTM P/L,Code\n",
                 activity_row, ""),
            true);
    measure("Flex XML",
            make("<FlexQueryResponse>\n<FlexStatements>\n<FlexStatement accountId=\"U0000001\" "
                 "fromDate=\"20250101\" toDate=\"20251231\">\n<Trades>\n",
                 flex_row, "</Trades></FlexStatement></FlexStatements></FlexQueryResponse>\n"),
            false);
    measure("tastytrade",
            make("Date,Type,Sub Type,Action,Symbol,Instrument Type,Description,Value,Quantity,"
                 "Average Price,Commissions,Fees,Multiplier,Root Symbol,Underlying "
                 "Symbol,Expiration Date,Strike Price,Call or Put,Order #,Total,Currency\n",
                 tasty_row, ""),
            true);
    return 0;
}
