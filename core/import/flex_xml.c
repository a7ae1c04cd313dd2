/* SPDX-License-Identifier: MIT
 *
 * A Flex query in XML: FlexQueryResponse, FlexStatements, a FlexStatement for each account and
 * period, in it sections, in these rows. What the web service answers instead when it fails is XML
 * too.
 */
#include "import/flex_internal.h"

#include "codec/xml.h"

#include <stdio.h>
#include <string.h>

enum { STATEMENT_DEPTH = 3, SECTION_DEPTH = 4, ROW_DEPTH = 5, COLUMNS_MAX = 128 };

typedef struct flex_xml {
    flex x;
    qm_xml_reader reader;
    bool failed, in_message; /* the web service's answer */
    char message[160];
    char section[64];
    struct {
        char name[32];
        flex_field field;
    } column[COLUMNS_MAX]; /* attributes come in the same order, row for row */
} flex_xml;

static const struct {
    const char *element;
    flex_table table;
} ROWS[] = {
    {"Trade", FLEX_TRADES},
    {"Lot", FLEX_LOTS},
    {"Order", FLEX_ORDERS},
    {"CashTransaction", FLEX_CASH_ROWS},
    {"CorporateAction", FLEX_ACTIONS},
    {"Transfer", FLEX_TRANSFERS},
    {"StockGrantActivity", FLEX_GRANTS},
    {"OpenPosition", FLEX_POSITIONS},
    {"CashReportCurrency", FLEX_CASH_REPORT},
    {"AccountInformation", FLEX_ACCOUNT_ROW},
};

/* Sections whose rows say again what the others say, or nothing of lots and cash. */
static const char *const INFORMATION[] = {
    "SymbolSummary",
    "AssetSummary",
    "OptionEAE",
    "EquitySummaryInBase",
    "ChangeInNAV",
    "ChangeInNAVs",
    "ConversionRates",
    "SecuritiesInfo",
    "PriorPeriodPositions",
    "NetStockPositionSummary",
    "FxPositions",
    "FxTransactions",
    "FxLots",
    "ComplexPositions",
    "InterestAccruals",
    "OpenDividendAccruals",
    "ChangeInDividendAccruals",
    "MTMPerformanceSummaryInBase",
    "MTDYTDPerformanceSummary",
    "FIFOPerformanceSummaryInBase",
    "StmtFunds",
    "SLBOpenContracts",
    "SLBActivities",
    "SLBCollaterals",
    "SLBFees",
    "HardToBorrowDetails",
    "TierInterestDetails",
    "UnbundledCommissionDetails",
    "ClientFees",
    "PendingExcercises",
};

static flex_table table_of(const flex_xml *f, const char *element) {
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        if (strcmp(element, ROWS[i].element) == 0) {
            return ROWS[i].table;
        }
    }
    for (size_t i = 0; i < sizeof INFORMATION / sizeof *INFORMATION; i++) {
        if (strcmp(f->section, INFORMATION[i]) == 0 || strcmp(element, INFORMATION[i]) == 0) {
            return FLEX_INFORMATION;
        }
    }
    return FLEX_UNKNOWN;
}

static flex_field field_at(flex_xml *f, size_t at, const char *name) {
    if (at >= COLUMNS_MAX || strlen(name) >= sizeof f->column[at].name) {
        return flex_field_of(&f->x, qm_cell_of(name));
    }
    if (strcmp(f->column[at].name, name) != 0) {
        strcpy(f->column[at].name, name);
        f->column[at].field = flex_field_of(&f->x, qm_cell_of(name));
    }
    return f->column[at].field;
}

static void set_row(flex_xml *f, const char *const *attributes) {
    flex_clear(&f->x);
    for (size_t i = 0; attributes[i]; i += 2) {
        flex_field field = field_at(f, i / 2, attributes[i]);
        if (field < FLEX_FIELD_COUNT) {
            flex_set(&f->x, field, qm_cell_of(attributes[i + 1]));
        }
    }
}

static void open_statement(flex_xml *f, const char *const *attributes) {
    set_row(f, attributes);
    f->x.account = qm_maker_text(f->x.m, f->x.cell[FLEX_ACCOUNT]);
    qm_statement_account *a = qm_maker_account(f->x.m, f->x.account);
    cell_time from, to;
    if (a && qm_cell_when(f->x.cell[FLEX_FROM], &from) && qm_cell_when(f->x.cell[FLEX_TO], &to)) {
        a->from = a->from == QM_DATE_NONE || from.date < a->from ? from.date : a->from;
        a->to = a->to == QM_DATE_NONE || to.date > a->to ? to.date : a->to;
    }
}

static void open_section(flex_xml *f, const char *name, const char *const *attributes) {
    snprintf(f->section, sizeof f->section, "%s", name);
    f->x.last_trade = NULL;
    if (strcmp(name, "OpenPositions") == 0) {
        qm_statement_account *a = qm_maker_account(f->x.m, f->x.account);
        if (a) {
            a->has_positions = true;
        }
    }
    if (strcmp(name, "AccountInformation") == 0) { /* a section that is its own row */
        set_row(f, attributes);
        flex_row(&f->x, FLEX_ACCOUNT_ROW, qm_cell_of(name));
    }
}

static bool on_open(void *context, const char *name, const char *const *attributes, int depth) {
    flex_xml *f = context;
    f->x.m->row = f->reader.row;
    if (depth == 1 && strcmp(name, "FlexQueryResponse") != 0) {
        f->failed = true;
    }
    f->in_message = f->failed && strcmp(name, "ErrorMessage") == 0;
    if (f->failed) {
        return true;
    }
    if (depth == STATEMENT_DEPTH) {
        open_statement(f, attributes);
    } else if (depth == SECTION_DEPTH) {
        open_section(f, name, attributes);
    } else if (depth == ROW_DEPTH) {
        set_row(f, attributes);
        flex_row(&f->x, table_of(f, name), qm_cell_of(f->section));
    }
    return f->x.m->status == QM_OK;
}

static void on_text(void *context, const char *text, size_t length) {
    flex_xml *f = context;
    size_t used = strlen(f->message), room = sizeof f->message - used - 1;
    if (f->in_message) {
        length = length < room ? length : room;
        memcpy(f->message + used, text, length);
        f->message[used + length] = 0;
    }
}

static void on_close(void *context, const char *name, int depth) {
    (void)name;
    (void)depth;
    ((flex_xml *)context)->in_message = false;
}

qm_status qm_read_flex_xml(maker *m, const char *text, size_t length, qm_error *err) {
    flex_xml f = {.reader = {on_open, on_close, on_text, NULL, 0}};
    f.reader.context = &f;
    qm_status status = flex_begin(&f.x, m) ? QM_OK : QM_ENOMEM;
    status = status == QM_OK ? qm_xml_parse(&f.reader, m->file, text, length, err) : status;
    if (status == QM_OK && f.failed) {
        status = qm_error_at(err, QM_EDATA, m->file, 0, 0, "no Flex statement%s%s",
                             f.message[0] ? "; it says: " : "", f.message);
    }
    if (status == QM_OK) {
        flex_end(&f.x);
    }
    flex_fini(&f.x);
    return status;
}
