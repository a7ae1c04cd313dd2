/* SPDX-License-Identifier: MIT
 *
 * What is stored, taken out again: bars as CSV, SQL, corporate actions.
 */
#include "app/data.h"
#include "codec/csv.h"
#include "codec/json.h"
#include "report/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUTPUT_MAX = 1 << 30, FLUSH = 1 << 20, CELLS_MAX = 128 };

/* The shortest digits that read back as the same double. */
static void put_double(qm_buf *out, double value) {
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    qm_buf_puts(out, isnan(value) ? "" : text);
}

static void put_bar(const qm_bars *bars, size_t i, qm_buf *out) {
    char text[QM_TIME_BUF];
    qm_bar bar;
    qm_bars_get(bars, i, &bar);
    if (bars->tf.unit == QM_TF_MINUTE) {
        qm_time_format(qm_bar_start(bars->tf, bar.time, bar.date), text);
    } else {
        qm_date_format(bar.date, text);
    }
    qm_buf_puts(out, text);
    for (int k = 0; k < QM_COLUMN_COUNT; k++) {
        qm_buf_putc(out, ',');
        put_double(out, bar.x[k]);
    }
    qm_buf_putc(out, '\n');
}

qm_status qm_data_export(const qm_args *args, qm_error *err) {
    qm_desk desk = {0};
    qm_bars bars;
    qm_buf out;
    qm_instrument_id id = 0;
    qm_timeframe tf = QM_TF_1D;
    const char *text = qm_args_get(args, "tf", "1d");
    if (args->count != 2) {
        return qm_error_set(err, QM_EUSAGE, "data export: name one symbol");
    }
    if (qm_timeframe_parse(text, &tf) != QM_OK) {
        return qm_error_set(err, QM_EUSAGE, "--tf \"%s\": use 1m to 390m, 1h, 1d or 1w", text);
    }
    qm_bars_init(&bars, tf);
    qm_buf_init(&out, OUTPUT_MAX);
    qm_status status = qm_data_open(&desk, args, QM_DB_READ, err);
    if (status == QM_OK) {
        status = qm_data_find(&desk, args->values[1], &id, err);
    }
    if (status == QM_OK) {
        status = qm_market_db_load_bars(desk.market, id, &QM_ALL_BARS, &bars, err);
    }
    if (status == QM_OK && bars.n == 0) {
        status =
            qm_error_set(err, QM_ENOTFOUND, "no %s bars of %s are stored", text, args->values[1]);
    }
    qm_buf_puts(&out, tf.unit == QM_TF_MINUTE ? "time,open,high,low,close,volume\n"
                                              : "date,open,high,low,close,volume\n");
    for (size_t i = 0; status == QM_OK && i < bars.n; i++) {
        put_bar(&bars, i, &out);
        if (out.length > FLUSH || i + 1 == bars.n) {
            status = qm_print(&out, err);
            qm_buf_clear(&out);
        }
    }
    qm_bars_fini(&bars);
    qm_buf_fini(&out);
    qm_desk_fini(&desk);
    return status;
}

typedef struct rows {
    qm_buf out;
    qm_json_writer json;
    qm_table *table;
    bool csv, as_json;
    char *names[CELLS_MAX];
    qm_status status;
    qm_error *err;
} rows;

static void put_csv(rows *r, int count, const char *const *values) {
    for (int i = 0; i < count; i++) {
        const char *value = values[i] ? values[i] : "";
        qm_buf_puts(&r->out, i ? "," : "");
        qm_csv_put(&r->out, value, strlen(value));
    }
    qm_buf_putc(&r->out, '\n');
}

static void put_json(rows *r, bool header, int count, const char *const *values) {
    for (int i = 0; header && i < count && i < CELLS_MAX; i++) {
        r->names[i] = qm_strdup(values[i]);
    }
    if (header) {
        qm_json_open_array(&r->json);
        return;
    }
    qm_json_open_object(&r->json);
    for (int i = 0; i < count && i < CELLS_MAX; i++) {
        qm_json_put_string(&r->json, r->names[i] ? r->names[i] : "", values[i]);
    }
    qm_json_close_object(&r->json);
}

static int take_row(void *data, bool header, int count, const char *const *values) {
    static const bool right[CELLS_MAX];
    rows *r = data;
    if (count > CELLS_MAX) {
        r->status = qm_error_set(r->err, QM_ERANGE, "data sql: more than %d columns", CELLS_MAX);
        return 1;
    }
    if (r->as_json) {
        put_json(r, header, count, values);
    } else if (r->csv) {
        put_csv(r, count, values);
    } else if (header) {
        r->status = qm_table_new(values, right, count, &r->table);
    } else {
        r->status = qm_table_row(r->table, values);
    }
    if (r->status == QM_OK && r->csv && r->out.length > FLUSH) {
        r->status = qm_print(&r->out, r->err);
        qm_buf_clear(&r->out);
    }
    return r->status != QM_OK || qm_interrupted;
}

qm_status qm_data_sql(const qm_args *args, qm_error *err) {
    qm_desk desk = {0};
    rows r = {.csv = qm_args_has(args, "csv"), .as_json = qm_args_has(args, "json"), .err = err};
    if (args->count != 2) {
        return qm_error_set(err, QM_EUSAGE, "data sql: give one statement in quotes");
    }
    qm_buf_init(&r.out, OUTPUT_MAX);
    qm_json_writer_init(&r.json, &r.out);
    qm_catch_interrupts();
    qm_status status = qm_data_open(&desk, args, QM_DB_READ, err);
    if (status == QM_OK) {
        status = qm_market_db_query(desk.market, args->values[1], take_row, &r, err);
        status = status == QM_OK ? r.status : status;
    }
    if (status == QM_OK && r.as_json) {
        qm_json_close_array(&r.json);
        qm_buf_putc(&r.out, '\n');
    }
    if (status == QM_OK && r.table) {
        status = qm_table_print(r.table, qm_wants_color(), 0, &r.out);
    }
    if (status == QM_OK) {
        status = qm_print(&r.out, err);
    }
    for (int i = 0; i < CELLS_MAX; i++) {
        qm_free(r.names[i]);
    }
    qm_table_free(r.table);
    qm_buf_fini(&r.out);
    qm_desk_fini(&desk);
    return status;
}
