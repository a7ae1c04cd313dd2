/* SPDX-License-Identifier: MIT
 *
 * The life of a statement, and which reader a file is for.
 */
#include "import/statement_internal.h"

#include "base/buf.h"

#include <string.h>

enum { FILE_MAX_BYTES = 1 << 30 };

#define X(constant, name) name,
static const char *const FORMATS[] = {QM_STATEMENT_FORMAT_MAP(X)};
static const char *const KINDS[] = {QM_FACT_MAP(X)};
static const char *const ASSETS[] = {QM_ASSET_MAP(X)};
static const char *const ACTIONS[] = {QM_CORPORATE_MAP(X)};
#undef X

const char *qm_statement_format_name(qm_statement_format format) {
    return format < QM_STATEMENT_FORMAT_COUNT ? FORMATS[format] : "unknown";
}

const char *qm_fact_name(qm_fact_kind kind) {
    return kind < QM_FACT_COUNT ? KINDS[kind] : "unknown";
}

const char *qm_asset_name(qm_asset asset) {
    return asset < QM_ASSET_COUNT ? ASSETS[asset] : "unknown";
}

const char *qm_corporate_name(qm_corporate_kind action) {
    return action < QM_CORPORATE_COUNT ? ACTIONS[action] : "unknown";
}

void qm_statement_free(qm_statement *st) {
    if (!st) {
        return;
    }
    qm_vec_fini(&st->accounts);
    qm_vec_fini(&st->facts);
    qm_vec_fini(&st->lots);
    qm_vec_fini(&st->totals);
    qm_vec_fini(&st->rejects);
    qm_vec_fini(&st->unknown);
    qm_texts_free(st->text);
    qm_free(st);
}

/* ---- which format ---- */

typedef qm_status (*reader)(maker *m, qm_csv *csv, qm_error *err);

/* A header line that belongs to a report with a known name that is no list of transactions. */
static const char *other_report(const char *text, size_t length) {
    size_t head = length < 4096 ? length : 4096;
    static const struct {
        const char *mark, *name;
    } OTHERS[] = {{"Transaction History,", "a Transaction History report"},
                  {"Dividend Report", "a Dividend Report"},
                  {"Realized Summary,", "a Realized Summary report"}};
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
        if (memmem(text, head, OTHERS[i].mark, strlen(OTHERS[i].mark))) {
            return OTHERS[i].name;
        }
    }
    return NULL;
}

enum { LINE_MAX_BYTES = 4096 };

/* The first line that is not empty, without quotes: some programs put them around every cell. */
static void first_line(const char *text, size_t length, char out[LINE_MAX_BYTES]) {
    size_t n = 0;
    for (size_t i = 0; i < length && n + 1 < LINE_MAX_BYTES; i++) {
        if (text[i] == '\n' && n > 0) {
            break;
        }
        if (text[i] != '"' && text[i] != '\r' && text[i] != '\n') {
            out[n++] = text[i];
        }
    }
    out[n] = 0;
}

/* What kind of file it is, from its first line; NULL and the reason: none that is read. */
static reader recognise(const char *text, size_t length, qm_statement_format *format,
                        const char **why) {
    char line[LINE_MAX_BYTES];
    if (length >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0)) {
        *why = "UTF-16 text: save it as UTF-8, or take the broker's own file";
        return NULL;
    }
    if (memchr(text, 0, length < LINE_MAX_BYTES ? length : LINE_MAX_BYTES)) {
        *why = "a zero byte: this is no text file";
        return NULL;
    }
    first_line(text, length, line);
    if (strstr(line, "ClientAccountID") || strncmp(line, "BOF,", 4) == 0) {
        *format = QM_STATEMENT_FLEX_CSV;
        return qm_read_flex_csv;
    }
    if (strstr(line, "Transaction Code,Transaction Subcode") ||
        (strstr(line, "Date,Type,") && strstr(line, ",Action,"))) {
        *format = QM_STATEMENT_TASTYTRADE;
        return qm_read_tasty_csv;
    }
    *why = other_report(text, length);
    if (!*why && strstr(line, ",Header,")) {
        *format = QM_STATEMENT_IBKR_ACTIVITY;
        return qm_read_ibkr_csv;
    }
    if (strstr(line, ";Header;") || strstr(line, "Date;Type;")) {
        *why = "semicolons between the cells: a spreadsheet wrote this; take the broker's own file";
    } else if (!*why) {
        *why = "no statement that is known (IBKR activity CSV, IBKR Flex XML or CSV, tastytrade)";
    }
    return NULL;
}

static qm_status read_csv(maker *m, reader read, const char *text, size_t length, qm_error *err) {
    qm_stream *stream;
    qm_csv *csv = NULL;
    qm_status status = qm_stream_open_memory(m->file, text, length, &stream, err);
    if (status != QM_OK) {
        return status;
    }
    status = qm_csv_new(stream, m->file, 0, &csv);
    status = status == QM_OK ? read(m, csv, err) : status;
    qm_csv_free(csv);
    qm_stream_close(stream);
    return status;
}

static qm_status read_known(maker *m, const char *text, size_t length, qm_error *err) {
    const char *why;
    size_t blanks = 0;
    while (blanks < length && (unsigned char)text[blanks] <= ' ' && text[blanks] != 0) {
        blanks++;
    }
    if (blanks < length && text[blanks] == '<') {
        m->st->format = QM_STATEMENT_FLEX_XML;
        return qm_read_flex_xml(m, text, length, err);
    }
    reader read = recognise(text, length, &m->st->format, &why);
    return read ? read_csv(m, read, text, length, err)
                : qm_error_at(err, QM_EDATA, m->file, 0, 0, "%s", why);
}

qm_status qm_statement_read_text(const char *name, const void *text, size_t length,
                                 qm_statement **out, qm_error *err) {
    maker m = {.file = name};
    const char *at = text;
    if (length >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0) {
        at += 3;
        length -= 3;
    }
    m.st = qm_calloc(1, sizeof *m.st);
    if (!m.st) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    qm_maker_begin(&m, length);
    qm_status status = m.status == QM_OK ? read_known(&m, at, length, err) : m.status;
    if (status == QM_OK) {
        qm_maker_check_lots(&m);
        status = m.status;
    }
    if (status == QM_ENOMEM) {
        qm_error_set(err, status, "out of memory");
    }
    qm_maker_fini(&m);
    if (status == QM_OK) {
        *out = m.st;
    } else {
        qm_statement_free(m.st);
    }
    return status;
}

qm_status qm_statement_bytes(const char *path, qm_buf *out, qm_error *err) {
    qm_stream *stream;
    char block[1 << 16];
    size_t got = 0;
    qm_buf_init(out, FILE_MAX_BYTES);
    qm_status status = qm_stream_open(path, &stream, err);
    if (status != QM_OK) {
        return status;
    }
    do {
        status = qm_stream_read(stream, block, sizeof block, &got, err);
        qm_buf_append(out, block, status == QM_OK ? got : 0);
    } while (status == QM_OK && got > 0);
    qm_stream_close(stream);
    if (status == QM_OK && out->status != QM_OK) {
        status = qm_error_at(err, out->status == QM_ERANGE ? QM_EDATA : out->status, path, 0, 0,
                             "does not fit into memory");
    }
    return status;
}

qm_status qm_statement_read(const char *path, qm_statement **out, qm_error *err) {
    qm_buf text;
    qm_status status = qm_statement_bytes(path, &text, err);
    if (status == QM_OK) {
        status = qm_statement_read_text(path, text.data ? text.data : "", text.length, out, err);
    }
    qm_buf_fini(&text);
    return status;
}
