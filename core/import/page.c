/* SPDX-License-Identifier: MIT
 *
 * Bars: the rows of an answer written down as a price file, which the one reader of those reads.
 */
#include "import/internal.h"
#include "import/page_internal.h"

#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 1 << 29 };

void qm_page_fini(qm_page *page) {
    qm_ohlcv_fini(&page->ohlcv);
    qm_buf_fini(&page->next);
}

qm_status qm_page_stamp(qm_page_time time, qm_stamp_form *form, qm_cell cell, qm_stamp *out,
                        qm_error *err) {
    if (*form == QM_STAMP_UNKNOWN) {
        *form = time == QM_PAGE_SECONDS  ? QM_STAMP_SECONDS
                : time == QM_PAGE_MILLIS ? QM_STAMP_MILLIS
                                         : qm_stamp_form_of(cell);
    }
    bool fine = *form != QM_STAMP_UNKNOWN && qm_stamp_read(*form, cell, out);
    qm_ymd ymd = fine ? qm_date_to_ymd(out->date) : (qm_ymd){0};
    if (!fine || ymd.year < QM_STAMP_FIRST_YEAR || ymd.year > QM_STAMP_LAST_YEAR) {
        return qm_error_set(err, QM_EDATA, "no time in the form %s: \"%.*s\"",
                            qm_stamp_form_name(*form), cell.length > 60 ? 60 : (int)cell.length,
                            cell.text);
    }
    if (time == QM_PAGE_TEXT && *form >= QM_STAMP_SECONDS) {
        return qm_error_set(err, QM_EDATA,
                            "a number stands for a time: set time = \"seconds\" or \"millis\"");
    }
    return QM_OK;
}

static void put_cell(qm_cell cell, qm_buf *out) {
    bool plain = true;
    for (size_t i = 0; i < cell.length; i++) {
        plain = plain && !strchr(",;\t\"\r\n", cell.text[i]);
    }
    if (plain) {
        qm_buf_append(out, cell.text, cell.length);
        return;
    }
    qm_buf_putc(out, '"');
    for (size_t i = 0; i < cell.length; i++) {
        qm_buf_puts(out, cell.text[i] == '"' ? "\"\"" : (char[]){cell.text[i], 0});
    }
    qm_buf_putc(out, '"');
}

/* Daily and longer: the date. Else the time as it is, an epoch in UTC. */
static qm_status put_stamp(const qm_page_options *o, qm_stamp_form *form, qm_cell cell, qm_buf *out,
                           qm_error *err) {
    qm_stamp stamp;
    char text[QM_TIME_BUF];
    qm_status status = qm_page_stamp(o->time, form, cell, &stamp, err);
    if (status != QM_OK) {
        return status;
    }
    if (o->tf.unit != QM_TF_MINUTE) {
        qm_date_format(stamp.date, text);
        qm_buf_puts(out, text);
    } else if (o->time != QM_PAGE_TEXT) {
        qm_time_format(qm_time_from_date(stamp.date) + stamp.ns, text);
        qm_buf_puts(out, text);
    } else {
        put_cell(cell, out);
    }
    return QM_OK;
}

static qm_status field_error(const qm_page_options *o, int field, qm_error *err) {
    if (err && o->layout.field[field]) {
        size_t used = strlen(err->message);
        snprintf(err->message + used, sizeof err->message - used, " (field \"%.60s\")",
                 o->layout.field[field]);
    }
    return err ? err->status : QM_EDATA;
}

static size_t source_row(const qm_page_options *o, size_t count, size_t i) {
    return o->newest_first ? count - 1 - i : i;
}

static qm_status write_file(const qm_records *records, const qm_page_options *o, qm_buf *out,
                            qm_error *err) {
    size_t count = qm_records_count(records);
    bool volume = o->layout.field[QM_PAGE_VOLUME] != NULL;
    qm_stamp_form form = QM_STAMP_UNKNOWN;
    qm_buf_puts(out, volume ? "date,open,high,low,close,volume\n" : "date,open,high,low,close\n");
    for (size_t i = 0; i < count; i++) {
        size_t row = source_row(o, count, i);
        qm_error trouble = {0};
        if (put_stamp(o, &form, qm_records_cell(records, row, QM_PAGE_STAMP), out, &trouble) !=
            QM_OK) {
            qm_error_at(err, QM_EDATA, NULL, records->places.items[row], 0, "%s", trouble.message);
            return field_error(o, QM_PAGE_STAMP, err);
        }
        for (int f = QM_PAGE_OPEN; f <= (volume ? QM_PAGE_VOLUME : QM_PAGE_CLOSE); f++) {
            qm_buf_putc(out, ',');
            put_cell(qm_records_cell(records, row, f), out);
        }
        qm_buf_putc(out, '\n');
    }
    return out->status == QM_OK ? QM_OK
                                : qm_error_set(err, out->status, "%s", qm_status_text(out->status));
}

/* A place in the written file is one in the answer. */
static qm_status translate(const qm_records *records, const qm_page_options *o,
                           const qm_error *trouble, qm_error *err) {
    size_t count = qm_records_count(records);
    bool placed = trouble->row >= 2 && (size_t)trouble->row - 2 < count;
    size_t row = placed ? source_row(o, count, (size_t)trouble->row - 2) : 0;
    qm_error_at(err, trouble->status, NULL, placed ? records->places.items[row] : 0, 0, "%s",
                trouble->message);
    int field = trouble->column - 1;
    return field >= QM_PAGE_STAMP && field <= QM_PAGE_VOLUME ? field_error(o, field, err)
                                                             : trouble->status;
}

static qm_status read_bars(const qm_records *records, const qm_page_options *o, qm_ohlcv *out,
                           qm_error *err) {
    qm_buf file;
    qm_error trouble = {0};
    qm_ohlcv_options options = {.tf = o->tf, .stamp_is_end = o->stamp_is_end, .tz = o->tz};
    qm_buf_init(&file, FILE_MAX);
    qm_status status = write_file(records, o, &file, err);
    if (status == QM_OK) {
        status = qm_ohlcv_read_text("", file.data, file.length, &options, out, &trouble);
        if (status != QM_OK) {
            translate(records, o, &trouble, err);
        }
    }
    qm_buf_fini(&file);
    return status;
}

qm_status qm_page_read(const char *body, size_t length, const qm_page_options *o, qm_page *out,
                       qm_error *err) {
    qm_records records;
    *out = (qm_page){0};
    qm_bars_init(&out->ohlcv.bars, o->tf);
    out->ohlcv.has_volume = o->layout.field[QM_PAGE_VOLUME] != NULL;
    qm_status status = qm_records_read(body, length, &o->layout, &records, err);
    if (status == QM_OK && qm_records_count(&records) > 0) {
        status = read_bars(&records, o, &out->ohlcv, err);
    }
    if (status == QM_OK) {
        qm_buf none = {0};
        out->next = records.next;
        records.next = none;
    }
    qm_records_fini(&records);
    return status;
}
