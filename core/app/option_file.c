/* SPDX-License-Identifier: MIT
 *
 * A CSV file of options, printed with their prices or volatilities. Nothing is printed before every
 * row has been read and answered.
 */
#include "app/option.h"
#include "base/vec.h"
#include "codec/csv.h"

#include <math.h>
#include <string.h>
#include <strings.h>

enum { TEXT_MAX = 1 << 30, COLUMNS_MAX = 256 };

typedef struct row {
    qm_option_case c;
    size_t text_end; /* of its cells in table.text; they begin where the row before ends */
    qm_option_answer answer;
} row;

typedef struct table {
    const qm_option_task *task;
    const char *path;
    qm_csv *csv;
    size_t columns;
    int at[QM_FIELD_COUNT];    /* the column of a field, -1: none */
    bool dropped[COLUMNS_MAX]; /* it has the name of a column that is added */
    size_t header_end;         /* of the header in text */
    qm_buf text;               /* the cells that are printed again, a comma behind each */
    QM_VEC(row) rows;
} table;

static bool is_name(qm_cell cell, const char *name) {
    size_t n = strlen(name);
    while (cell.length > 0 && cell.text[0] == ' ') {
        cell.text++, cell.length--;
    }
    while (cell.length > 0 && cell.text[cell.length - 1] == ' ') {
        cell.length--;
    }
    return cell.length == n && strncasecmp(cell.text, name, n) == 0;
}

static bool is_added(const qm_option_task *task, qm_cell cell) {
    if (task->implied) {
        return is_name(cell, "iv") || is_name(cell, "status");
    }
    for (int k = 0; k < task->outputs; k++) {
        if (is_name(cell, qm_option_output_name((qm_option_output)k))) {
            return true;
        }
    }
    return false;
}

static size_t keep_cells(table *t, const qm_cell *cells) {
    for (size_t i = 0; i < t->columns; i++) {
        if (!t->dropped[i]) {
            qm_csv_put(&t->text, cells[i].text, cells[i].length);
            qm_buf_putc(&t->text, ',');
        }
    }
    return t->text.length;
}

static qm_status read_header(table *t, const qm_cell *cells, size_t count, qm_error *err) {
    if (count > COLUMNS_MAX) {
        return qm_error_at(err, QM_EDATA, t->path, 1, 0, "more than %d columns", COLUMNS_MAX);
    }
    t->columns = count;
    for (int f = 0; f < QM_FIELD_COUNT; f++) {
        const char *name = qm_option_field_names[f];
        t->at[f] = -1;
        for (size_t i = 0; i < count; i++) {
            if (is_name(cells[i], name) && t->at[f] >= 0) {
                return qm_error_at(err, QM_EDATA, t->path, qm_csv_row(t->csv), (int32_t)i + 1,
                                   "a second column \"%s\"", name);
            }
            t->at[f] = is_name(cells[i], name) ? (int)i : t->at[f];
        }
        if (t->at[f] < 0 && qm_option_needs(t->task, (qm_option_field)f)) {
            return qm_error_at(err, QM_EDATA, t->path, qm_csv_row(t->csv), 0, "no column \"%s\"",
                               name);
        }
    }
    if (t->at[QM_FIELD_AMERICAN] >= 0 && t->task->american) {
        return qm_error_at(err, QM_EUSAGE, t->path, qm_csv_row(t->csv),
                           t->at[QM_FIELD_AMERICAN] + 1,
                           "the file says which are american: --american can't say it too");
    }
    for (size_t i = 0; i < count; i++) {
        t->dropped[i] = is_added(t->task, cells[i]);
    }
    t->header_end = keep_cells(t, cells);
    return QM_OK;
}

static qm_status bad_cell(const table *t, int f, qm_cell cell, const char *want, qm_error *err) {
    return qm_error_at(err, QM_EDATA, t->path, qm_csv_row(t->csv), t->at[f] + 1,
                       "%s is \"%.*s\": %s", qm_option_field_names[f],
                       (int)(cell.length < 40 ? cell.length : 40), cell.text, want);
}

static qm_status read_words(const table *t, const qm_cell *cells, qm_option *o, qm_error *err) {
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"true", 1},  {"1", 1}, {"yes", 1}, {"american", 1},
                 {"false", 0}, {"0", 0}, {"no", 0},  {"european", 0}};
    qm_cell right = cells[t->at[QM_FIELD_RIGHT]];
    if (!is_name(right, "call") && !is_name(right, "put")) {
        return bad_cell(t, QM_FIELD_RIGHT, right, "must be call or put", err);
    }
    o->right = is_name(right, "call") ? QM_CALL : QM_PUT;
    o->american = t->task->american;
    if (t->at[QM_FIELD_AMERICAN] < 0) {
        return QM_OK;
    }
    qm_cell american = cells[t->at[QM_FIELD_AMERICAN]];
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (is_name(american, words[i].word)) {
            o->american = words[i].value;
            return QM_OK;
        }
    }
    return bad_cell(t, QM_FIELD_AMERICAN, american, "must be true or false", err);
}

static qm_status read_row(table *t, const qm_cell *cells, size_t count, qm_error *err) {
    row r = {.c.price = NAN};
    int64_t place = qm_csv_row(t->csv);
    if (count != t->columns) {
        return qm_error_at(err, QM_EDATA, t->path, place, 0, "%zu cells, the header has %zu", count,
                           t->columns);
    }
    for (int f = 0; f < QM_FIELD_NUMBERS; f++) {
        if (qm_option_needs(t->task, (qm_option_field)f) &&
            !qm_cell_double(cells[t->at[f]], qm_option_number(&r.c, (qm_option_field)f))) {
            return bad_cell(t, f, cells[t->at[f]], "no number", err);
        }
    }
    qm_status status = read_words(t, cells, &r.c.option, err);
    if (status == QM_OK) {
        status = qm_option_answer_one(t->task, &r.c, &r.answer, err);
        if (status == QM_ERANGE && err) {
            return qm_error_at(err, QM_EDATA, t->path, place, 0, "%s", err->message);
        }
    }
    r.text_end = keep_cells(t, cells);
    if (status == QM_OK) {
        status = t->text.status == QM_OK ? qm_vec_push(&t->rows, &r) : t->text.status;
    }
    return status;
}

static qm_status read_table(table *t, qm_error *err) {
    const qm_cell *cells;
    size_t count;
    qm_status status = qm_csv_next(t->csv, &cells, &count, err);
    if (status == QM_OK && !cells) {
        return qm_error_at(err, QM_EDATA, t->path, 0, 0, "the file is empty");
    }
    if (status == QM_OK) {
        status = read_header(t, cells, count, err);
    }
    while (status == QM_OK) {
        status = qm_csv_next(t->csv, &cells, &count, err);
        if (status != QM_OK || !cells) {
            break;
        }
        status = read_row(t, cells, count, err);
    }
    if (status == QM_OK && t->rows.length == 0) {
        return qm_error_at(err, QM_EDATA, t->path, 0, 0, "the file has a header but no rows");
    }
    return status;
}

static void put_number(qm_buf *out, double value) {
    if (isfinite(value)) {
        qm_buf_printf(out, "%.17g", value);
    }
}

static void put_csv(const table *t, qm_buf *out) {
    const qm_option_task *task = t->task;
    size_t from = t->header_end;
    qm_buf_append(out, t->text.data, t->header_end);
    qm_buf_puts(out, task->implied ? "iv,status\n" : "");
    for (int k = 0; !task->implied && k < task->outputs; k++) {
        qm_buf_printf(out, "%s%c", qm_option_output_name((qm_option_output)k),
                      k + 1 < task->outputs ? ',' : '\n');
    }
    for (size_t i = 0; i < t->rows.length; i++) {
        const row *r = &t->rows.items[i];
        qm_buf_append(out, t->text.data + from, r->text_end - from);
        from = r->text_end;
        if (task->implied) {
            put_number(out, r->answer.values[0]);
            qm_buf_puts(out, isnan(r->answer.values[0]) ? ",no_solution\n" : ",ok\n");
        }
        for (int k = 0; !task->implied && k < task->outputs; k++) {
            put_number(out, r->answer.values[k]);
            qm_buf_putc(out, k + 1 < task->outputs ? ',' : '\n');
        }
    }
}

static void put_json(table *t, qm_buf *out) {
    qm_json_writer w;
    qm_json_writer_init(&w, out);
    qm_json_open_array(&w);
    for (size_t i = 0; i < t->rows.length; i++) {
        qm_option_put_json(t->task, &t->rows.items[i].c, &t->rows.items[i].answer, &w);
    }
    qm_json_close_array(&w);
    qm_buf_putc(out, '\n');
}

qm_status qm_option_run_file(const qm_option_task *task, const char *path, qm_error *err) {
    table t = {.task = task, .path = path};
    qm_stream *stream = NULL;
    qm_buf out;
    qm_buf_init(&out, TEXT_MAX);
    qm_buf_init(&t.text, TEXT_MAX);
    qm_status status = qm_stream_open(path, &stream, err);
    if (status == QM_OK) {
        status = qm_csv_new(stream, path, 0, &t.csv);
    }
    if (status == QM_OK) {
        status = read_table(&t, err);
    }
    if (status == QM_OK) {
        if (task->json) {
            put_json(&t, &out);
        } else {
            put_csv(&t, &out);
        }
        status = qm_print(&out, err);
    }
    qm_csv_free(t.csv);
    qm_stream_close(stream);
    qm_vec_fini(&t.rows);
    qm_buf_fini(&t.text);
    qm_buf_fini(&out);
    return status;
}
