/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "base/vec.h"
#include "report/report.h"

#include <string.h>

struct qm_table {
    int columns;
    bool *right;
    int *width;
    QM_VEC(char *) cells; /* row by row, the header first */
};

/* Columns on the terminal: code points, as long as nobody names a strategy in wide characters. */
static int display_width(const char *text) {
    int width = 0;
    for (; *text; text++) {
        width += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return width;
}

qm_status qm_table_row(qm_table *table, const char *const *cells) {
    for (int i = 0; i < table->columns; i++) {
        char *copy = qm_strdup(cells[i] ? cells[i] : "");
        if (!copy || qm_vec_push(&table->cells, &copy) != QM_OK) {
            qm_free(copy);
            return QM_ENOMEM;
        }
        int width = display_width(copy);
        table->width[i] = width > table->width[i] ? width : table->width[i];
    }
    return QM_OK;
}

qm_status qm_table_new(const char *const *headers, const bool *right, int columns, qm_table **out) {
    qm_table *table = qm_calloc(1, sizeof *table);
    if (!table) {
        return QM_ENOMEM;
    }
    table->columns = columns;
    table->right = qm_calloc((size_t)columns, sizeof *table->right);
    table->width = qm_calloc((size_t)columns, sizeof *table->width);
    if (!table->right || !table->width || qm_table_row(table, headers) != QM_OK) {
        qm_table_free(table);
        return QM_ENOMEM;
    }
    memcpy(table->right, right, (size_t)columns * sizeof *right);
    *out = table;
    return QM_OK;
}

void qm_table_free(qm_table *table) {
    if (!table) {
        return;
    }
    for (size_t i = 0; i < table->cells.length; i++) {
        qm_free(table->cells.items[i]);
    }
    qm_vec_fini(&table->cells);
    qm_free(table->right);
    qm_free(table->width);
    qm_free(table);
}

static void pad(qm_buf *out, int count) {
    for (int i = 0; i < count; i++) {
        qm_buf_putc(out, ' ');
    }
}

static void put_row(const qm_table *table, char *const *cells, qm_buf *out) {
    for (int i = 0; i < table->columns; i++) {
        int blanks = table->width[i] - display_width(cells[i]);
        if (i > 0) {
            qm_buf_puts(out, "  ");
        }
        if (table->right[i]) {
            pad(out, blanks);
        }
        qm_buf_puts(out, cells[i]);
        if (!table->right[i] && i + 1 < table->columns) {
            pad(out, blanks);
        }
    }
    /* A last cell that is empty leaves the blanks of the gap in front of it. */
    while (out->length > 0 && out->data[out->length - 1] == ' ') {
        out->data[--out->length] = 0;
    }
}

static void put_rule(const qm_table *table, qm_buf *out) {
    for (int i = 0; i < table->columns; i++) {
        qm_buf_puts(out, i > 0 ? "  " : "");
        for (int k = 0; k < table->width[i]; k++) {
            qm_buf_putc(out, '-');
        }
    }
}

qm_status qm_table_print(const qm_table *table, bool color, int indent, qm_buf *out) {
    size_t step = (size_t)table->columns;
    for (size_t at = 0; at + step <= table->cells.length; at += step) {
        bool header = at == 0;
        pad(out, indent);
        qm_buf_puts(out, header && color ? "\x1b[1m" : "");
        put_row(table, table->cells.items + at, out);
        qm_buf_puts(out, header && color ? "\x1b[0m\n" : "\n");
        if (header) {
            pad(out, indent);
            qm_buf_puts(out, color ? "\x1b[2m" : "");
            put_rule(table, out);
            qm_buf_puts(out, color ? "\x1b[0m\n" : "\n");
        }
    }
    return out->status;
}
