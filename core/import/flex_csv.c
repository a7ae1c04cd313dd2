/* SPDX-License-Identifier: MIT
 *
 * A Flex query in CSV: one header and its rows, with a new header where the next section begins; or
 * wrapped in records (BOF, BOA, BOS, EOS, EOA, EOF) that name the section and count its rows.
 */
#include "import/flex_internal.h"

#include <stdio.h>
#include <string.h>

enum { CELLS_MAX = 256 };

typedef struct flex_csv {
    flex x;
    const qm_cell *cells;
    size_t count;
    flex_field field[CELLS_MAX];
    size_t fields; /* 0: no header yet */
    flex_table table;
    char section[64]; /* as the file says, or its first columns */
    bool wrapped;
    int64_t rows; /* of the section */
} flex_csv;

static const struct {
    const char *code;
    flex_table table;
} CODES[] = {{"TRNT", FLEX_TRADES},      {"POST", FLEX_POSITIONS},   {"CTRN", FLEX_CASH_ROWS},
             {"CORP", FLEX_ACTIONS},     {"CRTT", FLEX_CASH_REPORT}, {"ACCT", FLEX_ACCOUNT_ROW},
             {"TRFR", FLEX_TRANSFERS},   {"FIFO", FLEX_INFORMATION}, {"STFU", FLEX_INFORMATION},
             {"NETP", FLEX_INFORMATION}, {"CDIV", FLEX_INFORMATION}, {"ODIV", FLEX_INFORMATION},
             {"SECU", FLEX_INFORMATION}, {"RATE", FLEX_INFORMATION}, {"EQUT", FLEX_INFORMATION},
             {"CNAV", FLEX_INFORMATION}, {"OPTT", FLEX_INFORMATION}, {"PPPO", FLEX_INFORMATION}};

static bool has_field(const flex_csv *f, flex_field field) {
    for (size_t i = 0; i < f->fields; i++) {
        if (f->field[i] == field) {
            return true;
        }
    }
    return false;
}

/* Which section a header without a name is of. */
static flex_table guess(const flex_csv *f) {
    bool quantity = has_field(f, FLEX_QUANTITY);
    return quantity && has_field(f, FLEX_SIDE) && has_field(f, FLEX_PRICE) ? FLEX_TRADES
           : has_field(f, FLEX_POSITION_COST)                              ? FLEX_POSITIONS
           : quantity && has_field(f, FLEX_TEXT) && has_field(f, FLEX_ACTION_ID) &&
                   has_field(f, FLEX_PROCEEDS)
               ? FLEX_ACTIONS
           : quantity && has_field(f, FLEX_DIRECTION)             ? FLEX_TRANSFERS
           : has_field(f, FLEX_AMOUNT) && has_field(f, FLEX_TYPE) ? FLEX_CASH_ROWS
           : has_field(f, FLEX_END)                               ? FLEX_CASH_REPORT
           : has_field(f, FLEX_CUSTOMER)                          ? FLEX_ACCOUNT_ROW
                                                                  : FLEX_UNKNOWN;
}

static void read_header(flex_csv *f, size_t from) {
    f->fields = f->count < CELLS_MAX ? f->count : CELLS_MAX;
    for (size_t i = 0; i < f->fields; i++) {
        f->field[i] = i < from ? FLEX_FIELD_COUNT : flex_field_of(&f->x, f->cells[i]);
    }
    f->x.last_trade = NULL;
    if (!f->wrapped) {
        f->table = guess(f);
        size_t last = f->count - 1;
        snprintf(f->section, sizeof f->section, "columns %.*s to %.*s",
                 (int)(f->cells[0].length & 0x1f), f->cells[0].text,
                 (int)(f->cells[last].length & 0x1f), f->cells[last].text);
    }
}

static void read_data(flex_csv *f, size_t from) {
    flex_clear(&f->x);
    f->rows++;
    if (f->fields == 0) {
        qm_maker_reject(f->x.m, f->cells[0], "a row before the header of its section");
        return;
    }
    for (size_t i = from; i < f->count && i < f->fields; i++) {
        if (f->field[i] < FLEX_FIELD_COUNT) {
            flex_set(&f->x, f->field[i], f->cells[i]);
        }
    }
    flex_row(&f->x, f->table, qm_cell_of(f->section));
}

/* ---- records around sections ---- */

static void begin_section(flex_csv *f) {
    qm_cell code = f->count > 1 ? f->cells[1] : (qm_cell){"", 0};
    qm_cell name = f->count > 2 ? f->cells[2] : code;
    f->table = FLEX_UNKNOWN;
    f->fields = 0;
    f->rows = 0;
    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++) {
        if (qm_cell_is(code, CODES[i].code)) {
            f->table = CODES[i].table;
        }
    }
    snprintf(f->section, sizeof f->section, "%.*s %.*s", (int)(code.length & 0xf), code.text,
             (int)(name.length < 40 ? name.length : 40), name.text);
    if (f->table == FLEX_POSITIONS) {
        qm_statement_account *a = qm_maker_account(f->x.m, f->x.account);
        if (a) {
            a->has_positions = true;
        }
    }
}

static void end_section(flex_csv *f) {
    int64_t told;
    if (f->count > 2 && qm_cell_int(f->cells[2], &told) && told != f->rows) {
        qm_maker_reject(f->x.m, f->cells[2], "the section has another number of rows");
    }
}

/* false: no record but a header or a row. */
static bool read_record(flex_csv *f) {
    qm_cell first = f->cells[0];
    if (qm_cell_is(first, "BOF") || qm_cell_is(first, "BOA")) {
        f->wrapped = true;
        f->x.account = f->count > 1 ? qm_maker_text(f->x.m, f->cells[1]) : "";
        if (qm_cell_is(first, "BOA")) {
            qm_maker_account(f->x.m, f->x.account);
        }
    } else if (qm_cell_is(first, "BOS")) {
        begin_section(f);
    } else if (qm_cell_is(first, "EOS")) {
        end_section(f);
    } else if (qm_cell_is(first, "HEADER")) {
        read_header(f, 2);
    } else if (qm_cell_is(first, "DATA")) {
        read_data(f, 2);
    } else {
        return qm_cell_is(first, "EOA") || qm_cell_is(first, "EOF");
    }
    return true;
}

static void read_line(flex_csv *f) {
    if (read_record(f)) {
        return;
    }
    /* Every table begins with the account, so its name begins a header. */
    if (flex_field_of(&f->x, f->cells[0]) == FLEX_ACCOUNT) {
        read_header(f, 0);
    } else {
        read_data(f, 0);
    }
}

qm_status qm_read_flex_csv(maker *m, qm_csv *csv, qm_error *err) {
    flex_csv f = {.table = FLEX_UNKNOWN};
    qm_status status = flex_begin(&f.x, m) ? QM_OK : QM_ENOMEM;
    while (status == QM_OK && (status = qm_csv_next(csv, &f.cells, &f.count, err)) == QM_OK &&
           f.cells && m->status == QM_OK) {
        m->row = qm_csv_row(csv);
        read_line(&f);
    }
    if (status == QM_OK) {
        flex_end(&f.x);
    }
    flex_fini(&f.x);
    return status;
}
