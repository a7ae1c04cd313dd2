/* SPDX-License-Identifier: MIT
 *
 * Lines out of a stream, cells out of lines. A line that the buffer does not hold whole moves to
 * its front and more is read behind it.
 */
#include "codec/csv.h"

#include "base/mem.h"
#include "base/vec.h"

#include <string.h>

enum { DEFAULT_LINE = 1 << 20, BLOCK = 1 << 18 };

struct qm_csv {
    qm_stream *stream;
    char *name;
    char *buffer;
    size_t capacity, begin, end, max_line;
    bool eof;
    char separator; /* 0: not known yet */
    int64_t row, next_row;
    QM_VEC(qm_cell) cells;
};

qm_status qm_csv_new(qm_stream *stream, const char *file_name, size_t max_line, qm_csv **out) {
    qm_csv *csv = qm_calloc(1, sizeof *csv);
    if (!csv) {
        return QM_ENOMEM;
    }
    csv->stream = stream;
    csv->max_line = max_line ? max_line : DEFAULT_LINE;
    csv->capacity = csv->max_line + BLOCK;
    csv->name = qm_strdup(file_name);
    csv->buffer = qm_alloc(csv->capacity + 1);
    csv->next_row = 1;
    if (!csv->name || !csv->buffer) {
        qm_csv_free(csv);
        return QM_ENOMEM;
    }
    *out = csv;
    return QM_OK;
}

void qm_csv_free(qm_csv *csv) {
    if (!csv) {
        return;
    }
    qm_vec_fini(&csv->cells);
    qm_free(csv->name);
    qm_free(csv->buffer);
    qm_free(csv);
}

int64_t qm_csv_row(const qm_csv *csv) {
    return csv->row;
}

qm_cell qm_csv_window(const qm_csv *csv) {
    return (qm_cell){csv->buffer + csv->begin, csv->end - csv->begin};
}

void qm_csv_take(qm_csv *csv, size_t bytes, int64_t lines) {
    csv->begin += bytes;
    csv->next_row += lines;
}

char qm_csv_separator(const qm_csv *csv) {
    return csv->separator;
}

static qm_status fill(qm_csv *csv, qm_error *err) {
    size_t held = csv->end - csv->begin;
    memmove(csv->buffer, csv->buffer + csv->begin, held);
    csv->begin = 0;
    csv->end = held;
    size_t got;
    /* There is room for a block: what is held is shorter than the longest line. No more is read at
     * once, so that it is still in the cache when its cells are. */
    qm_status status = qm_stream_read(csv->stream, csv->buffer + held, BLOCK, &got, err);
    csv->end += got;
    csv->eof = status == QM_OK && got == 0;
    return status;
}

/* End of the line that starts at begin: newlines inside quotes don't count. Returns NULL when the
 * buffer does not hold it. */
static char *line_end(qm_csv *csv, int64_t *lines) {
    char *at = csv->buffer + csv->begin, *end = csv->buffer + csv->end;
    char *newline = memchr(at, '\n', (size_t)(end - at));
    *lines = 1;
    if (!newline && !csv->eof) {
        return NULL;
    }
    char *stop = newline ? newline : end;
    if (!memchr(at, '"', (size_t)(stop - at))) {
        return stop;
    }
    bool quoted = false;
    for (; at < end; at++) {
        quoted ^= *at == '"';
        if (*at == '\n' && !quoted) {
            return at;
        }
        *lines += *at == '\n';
    }
    return csv->eof ? end : NULL;
}

static qm_status next_line(qm_csv *csv, char **line, size_t *length, qm_error *err) {
    char *end;
    int64_t lines;
    while (!(end = line_end(csv, &lines))) {
        if (csv->end - csv->begin >= csv->max_line) {
            return qm_error_at(err, QM_EDATA, csv->name, csv->next_row, 0,
                               "a line of more than %zu bytes: no CSV file", csv->max_line);
        }
        qm_status status = fill(csv, err);
        if (status != QM_OK) {
            return status;
        }
    }
    *line = csv->buffer + csv->begin;
    *length = (size_t)(end - *line);
    csv->begin += *length + (end < csv->buffer + csv->end);
    csv->row = csv->next_row;
    csv->next_row += lines;
    if (*length > csv->max_line) {
        return qm_error_at(err, QM_EDATA, csv->name, csv->row, 0,
                           "a line of more than %zu bytes: no CSV file", csv->max_line);
    }
    return QM_OK;
}

static char find_separator(const char *line, size_t length) {
    static const char candidates[] = ",;\t";
    char best = ',';
    size_t most = 0;
    for (const char *c = candidates; *c; c++) {
        size_t count = 0;
        for (size_t i = 0; i < length; i++) {
            count += line[i] == *c;
        }
        if (count > most) {
            most = count;
            best = *c;
        }
    }
    return best;
}

/* A quoted cell loses its quotes in place. */
static char *take_quoted(char *at, char *end, qm_cell *cell) {
    char *write = at;
    cell->text = at;
    for (; at < end; at++) {
        if (*at == '"') {
            if (at + 1 < end && at[1] == '"') {
                at++;
            } else {
                at++;
                break;
            }
        }
        *write++ = *at;
    }
    cell->length = (size_t)(write - cell->text);
    return at;
}

static qm_status split(qm_csv *csv, char *line, size_t length) {
    char *at = line, *end = line + length;
    csv->cells.length = 0;
    for (;;) {
        qm_cell cell = {at, 0};
        if (at < end && *at == '"') {
            at = take_quoted(at + 1, end, &cell);
            while (at < end && *at != csv->separator) {
                at++; /* blanks behind the closing quote */
            }
        } else {
            char *stop = memchr(at, csv->separator, (size_t)(end - at));
            at = stop ? stop : end;
            cell.length = (size_t)(at - cell.text);
        }
        if (qm_vec_push(&csv->cells, &cell) != QM_OK) {
            return QM_ENOMEM;
        }
        if (at >= end) {
            return QM_OK;
        }
        at++;
    }
}

qm_status qm_csv_next(qm_csv *csv, const qm_cell **cells, size_t *count, qm_error *err) {
    char *line;
    size_t length;
    *cells = NULL;
    *count = 0;
    for (;;) {
        if (csv->begin == csv->end && csv->eof) {
            return QM_OK;
        }
        qm_status status = next_line(csv, &line, &length, err);
        if (status != QM_OK) {
            return status;
        }
        if (csv->row == 1 && length >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
            line += 3;
            length -= 3;
        }
        length -= length > 0 && line[length - 1] == '\r';
        if (length > 0) {
            break;
        }
    }
    if (memchr(line, 0, length)) {
        return qm_error_at(err, QM_EDATA, csv->name, csv->row, 0,
                           "a zero byte: this is no text file");
    }
    if (!csv->separator) {
        csv->separator = find_separator(line, length);
    }
    if (split(csv, line, length) != QM_OK) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    *cells = csv->cells.items;
    *count = csv->cells.length;
    return QM_OK;
}

void qm_csv_put(qm_buf *out, const char *text, size_t length) {
    bool quoted = false;
    for (size_t i = 0; i < length && !quoted; i++) {
        quoted = text[i] == ',' || text[i] == '"' || text[i] == '\r' || text[i] == '\n';
    }
    if (!quoted) {
        qm_buf_append(out, text, length);
        return;
    }
    qm_buf_putc(out, '"');
    for (size_t i = 0; i < length; i++) {
        qm_buf_puts(out, text[i] == '"' ? "\"" : "");
        qm_buf_putc(out, text[i]);
    }
    qm_buf_putc(out, '"');
}
