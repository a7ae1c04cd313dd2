/* SPDX-License-Identifier: MIT */
#include "app/freshness.h"

#include "base/calendar.h"
#include "base/tz.h"

#include <stdlib.h>
#include <string.h>

enum { SYMBOLS_SHOWN = 8 };

int32_t qm_sessions_since(qm_date day, qm_time now) {
    qm_date today = qm_tz_to_local(qm_tz_new_york(), now).date;
    qm_session last;
    bool any = qm_calendar_on_or_before(today, &last);
    if (any && last.close > now) {
        any = qm_calendar_on_or_before(last.date - 1, &last);
    }
    return any && last.date > day ? qm_calendar_count(day, last.date) : 0;
}

static int by_date(const void *a, const void *b) {
    const qm_newest *x = a, *y = b;
    int symbols = strcmp(x->symbol, y->symbol);
    return x->date != y->date ? (x->date > y->date) - (x->date < y->date)
           : symbols != 0     ? symbols
                              : (int)qm_timeframe_code(x->tf) - (int)qm_timeframe_code(y->tf);
}

static void put_day(const qm_newest *first, size_t count, qm_time now, qm_buf *out) {
    char day[QM_DATE_BUF], tf[QM_TIMEFRAME_BUF];
    if (first->date == QM_DATE_NONE) {
        qm_buf_puts(out, "no bar yet: ");
    } else {
        int32_t ago = qm_sessions_since(first->date, now);
        qm_date_format(first->date, day);
        qm_buf_printf(out, "newest bar %s, ", day);
        qm_buf_printf(out,
                      ago == 0   ? "up to date: "
                      : ago == 1 ? "%d session ago: "
                                 : "%d sessions ago: ",
                      ago);
    }
    for (size_t i = 0; i < count && i < SYMBOLS_SHOWN; i++) {
        bool daily = qm_timeframe_equal(first[i].tf, QM_TF_1D);
        qm_buf_printf(out, "%s%s%s%s", i ? ", " : "", first[i].symbol, daily ? "" : " ",
                      daily ? "" : qm_timeframe_format(first[i].tf, tf));
    }
    if (count > SYMBOLS_SHOWN) {
        qm_buf_printf(out, " and %zu more", count - SYMBOLS_SHOWN);
    }
    qm_buf_putc(out, '\n');
}

void qm_newest_text(qm_newest_vec *list, qm_time now, qm_buf *out) {
    if (list->length > 0) {
        qsort(list->items, list->length, sizeof *list->items, by_date);
    }
    for (size_t i = 0, end; i < list->length; i = end) {
        for (end = i + 1; end < list->length && list->items[end].date == list->items[i].date;) {
            end++;
        }
        put_day(&list->items[i], end - i, now, out);
    }
}

void qm_newest_json(const qm_newest_vec *list, qm_time now, qm_json_writer *w) {
    char tf[QM_TIMEFRAME_BUF];
    qm_json_open_array(w);
    for (size_t i = 0; i < list->length; i++) {
        const qm_newest *n = &list->items[i];
        qm_json_open_object(w);
        qm_json_put_string(w, "symbol", n->symbol);
        qm_json_put_string(w, "timeframe", qm_timeframe_format(n->tf, tf));
        qm_json_put_date(w, "newest", n->date);
        qm_json_key(w, "sessions_ago");
        if (n->date == QM_DATE_NONE) {
            qm_json_null(w);
        } else {
            qm_json_int(w, qm_sessions_since(n->date, now));
        }
        qm_json_close_object(w);
    }
    qm_json_close_array(w);
}
