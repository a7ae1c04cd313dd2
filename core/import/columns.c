/* SPDX-License-Identifier: MIT
 *
 * Finding the columns by the names in the header.
 */
#include "import/internal.h"

#include <ctype.h>
#include <string.h>

/* Lower case, without blanks and signs: "Adj Close" is adjclose. A name in front of a point
 * ("AAPL.Open") is left out. */
static void normalise(qm_cell cell, char *out, size_t size) {
    size_t n = 0;
    for (size_t i = 0; i < cell.length && n + 1 < size; i++) {
        unsigned char c = (unsigned char)cell.text[i];
        if (c == '.') {
            n = 0;
        } else if (isalnum(c)) {
            out[n++] = (char)tolower(c);
        }
    }
    out[n] = 0;
}

static int field_of(const char *name) {
    static const struct {
        const char *name;
        int field;
    } names[] = {
        {"open", QM_OPEN},
        {"o", QM_OPEN},
        {"high", QM_HIGH},
        {"h", QM_HIGH},
        {"low", QM_LOW},
        {"l", QM_LOW},
        {"close", QM_CLOSE},
        {"c", QM_CLOSE},
        {"last", QM_CLOSE},
        {"closelast", QM_CLOSE},
        {"volume", QM_VOLUME},
        {"vol", QM_VOLUME},
        {"v", QM_VOLUME},
        {"date", FIELD_STAMP},
        {"datetime", FIELD_STAMP},
        {"timestamp", FIELD_STAMP},
        {"day", FIELD_STAMP},
        {"time", FIELD_CLOCK},
        {"adjclose", FIELD_ADJUSTED},
        {"adjustedclose", FIELD_ADJUSTED},
        {"adjusted", FIELD_ADJUSTED},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i].name, name) == 0) {
            return names[i].field;
        }
    }
    return -1;
}

static qm_status missing(const reader *r, const char *what, qm_error *err) {
    return qm_error_at(err, QM_EDATA, r->path, qm_csv_row(r->csv), 0,
                       "the header names no column \"%s\"", what);
}

qm_status qm_layout_find(reader *r, const qm_cell *cells, size_t count, qm_error *err) {
    static const char *const wanted[] = {"open", "high", "low", "close"};
    layout *l = &r->layout;
    for (int f = 0; f < FIELD_COUNT; f++) {
        l->cell[f] = -1;
    }
    l->cells = (int)count;
    for (size_t i = 0; i < count; i++) {
        char name[64];
        normalise(cells[i], name, sizeof name);
        int field = field_of(name);
        if (field >= 0 && l->cell[field] >= 0) {
            return qm_error_at(err, QM_EDATA, r->path, qm_csv_row(r->csv), (int32_t)i + 1,
                               "the header names two columns \"%.*s\"", (int)cells[i].length,
                               cells[i].text);
        }
        if (field >= 0) {
            l->cell[field] = (int)i;
        }
    }
    if (l->cell[FIELD_STAMP] < 0 && l->cell[FIELD_CLOCK] >= 0) {
        l->cell[FIELD_STAMP] = l->cell[FIELD_CLOCK]; /* "time" alone is the whole stamp */
        l->cell[FIELD_CLOCK] = -1;
    }
    if (l->cell[FIELD_STAMP] < 0 && count > 0 && cells[0].length == 0) {
        l->cell[FIELD_STAMP] = 0; /* an index column without a name */
    }
    if (l->cell[FIELD_STAMP] < 0) {
        return missing(r, "date", err);
    }
    for (int f = QM_OPEN; f <= QM_CLOSE; f++) {
        if (l->cell[f] < 0) {
            return missing(r, wanted[f], err);
        }
    }
    memset(l->field, -1, sizeof l->field);
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (l->cell[f] >= 0 && l->cell[f] < LAYOUT_CELLS) {
            l->field[l->cell[f]] = (signed char)f;
        }
    }
    r->out->has_volume = l->cell[QM_VOLUME] >= 0;
    return QM_OK;
}
