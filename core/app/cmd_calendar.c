/* SPDX-License-Identifier: MIT */
#include "app/command.h"
#include "base/calendar.h"

#include <string.h>

static qm_status read_date(const char *text, qm_date *out, qm_error *err) {
    qm_status status = qm_date_parse(text, strlen(text), out);
    if (status != QM_OK) {
        return qm_error_set(err, QM_EUSAGE, "calendar: \"%s\" is no date (2007-01-03)", text);
    }
    if (*out < qm_calendar_first() || *out > qm_calendar_last()) {
        return qm_error_set(err, QM_ERANGE, "calendar: %s is outside 1990-01-01 to 2035-12-31",
                            text);
    }
    return QM_OK;
}

static void put_csv(const qm_session *s, qm_buf *out) {
    char date[QM_DATE_BUF], open[QM_TIME_BUF], close[QM_TIME_BUF];
    qm_date_format(s->date, date);
    qm_time_format(s->open, open);
    qm_time_format(s->close, close);
    qm_buf_printf(out, "%s,%s,%s\n", date, open, close);
}

static void put_line(qm_date date, const qm_session *s, qm_buf *out) {
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    char text[QM_DATE_BUF], open[QM_TIME_BUF], close[QM_TIME_BUF];
    qm_date_format(date, text);
    if (!s) {
        qm_buf_printf(out, "%s  %s  holiday\n", text, days[qm_date_weekday(date)]);
        return;
    }
    qm_time_format(s->open, open);
    qm_time_format(s->close, close);
    qm_buf_printf(out, "%s  %s  %s  %s%s\n", text, days[qm_date_weekday(date)], open, close,
                  s->half ? "  half day" : "");
}

static qm_status run(const qm_args *args, qm_error *err) {
    qm_date from, to;
    if (!qm_calendar_known(args->values[0])) {
        return qm_error_set(err, QM_EUSAGE, "calendar: no exchange \"%s\": XNYS is known",
                            args->values[0]);
    }
    qm_status status = read_date(args->values[1], &from, err);
    if (status == QM_OK) {
        status = read_date(args->values[2], &to, err);
    }
    if (status != QM_OK) {
        return status;
    }
    bool csv = qm_args_has(args, "csv");
    qm_buf out;
    qm_buf_init(&out, 1 << 26);
    qm_buf_puts(&out, csv ? "date,open_utc,close_utc\n" : "");
    for (qm_date date = from; date <= to; date++) {
        qm_session s;
        bool open = qm_calendar_session(date, &s);
        int weekday = qm_date_weekday(date);
        if (open && csv) {
            put_csv(&s, &out);
        } else if (!csv && (open || (weekday != 0 && weekday != 6))) {
            put_line(date, open ? &s : NULL, &out);
        }
    }
    status = qm_print(&out, err);
    qm_buf_fini(&out);
    return status;
}

static const char *const OPTIONS[] = {"csv", NULL};

const qm_command qm_command_calendar = {
    "calendar",
    "sessions of an exchange",
    "usage: qm calendar XNYS FROM TO [--csv]\n\n"
    "  --csv   date,open_utc,close_utc for each session; without it weekdays with holidays\n\n"
    "Dates from 1990-01-01 to 2035-12-31, both ends included; others end with 65.\n",
    OPTIONS,
    3,
    3,
    run};
