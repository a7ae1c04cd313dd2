/* SPDX-License-Identifier: MIT
 *
 * Placeholders into values.
 */
#include "app/provider.h"

#include "base/tz.h"
#include "net/http.h"

#include <stdio.h>
#include <string.h>

/* Instants are asked for wide, whichever midnight the provider's days begin at: UTC's or the
 * exchange's. What lies outside of the range is left out again. */
static qm_time day_start(qm_date date, bool wide_late) {
    qm_time utc = qm_time_from_date(date), local = qm_tz_from_local(qm_tz_new_york(), date, 0);
    return (utc < local) == wide_late ? local : utc;
}

static void put_date(const qm_provider *p, qm_date date, bool is_end, qm_buf *out) {
    char day[QM_DATE_BUF];
    qm_date shown = date + (is_end && p->to_excluded);
    qm_ymd ymd = qm_date_to_ymd(shown);
    qm_time instant = day_start(is_end ? date + 1 : date, is_end);
    switch (p->dates) {
    case QM_DATES_ISO:
        qm_date_format(shown, day);
        qm_buf_puts(out, day);
        break;
    case QM_DATES_COMPACT:
        qm_buf_printf(out, "%04d%02d%02d", ymd.year, ymd.month, ymd.day);
        break;
    case QM_DATES_SECONDS:
        qm_buf_printf(out, "%lld", (long long)(instant / QM_SECOND_NS));
        break;
    case QM_DATES_MILLIS:
        qm_buf_printf(out, "%lld", (long long)(instant / (QM_SECOND_NS / 1000)));
        break;
    }
}

static void put_text(const char *text, bool is_address, qm_buf *out) {
    if (is_address) {
        qm_url_escape(text ? text : "", out);
    } else {
        qm_buf_puts(out, text ? text : "");
    }
}

static void put_value(const qm_provider *p, const char *word, const qm_provider_values *v,
                      bool is_address, qm_buf *out) {
    if (strncmp(word, "symbol}", 7) == 0) {
        put_text(v->symbol, is_address, out);
    } else if (strncmp(word, "timeframe}", 10) == 0) {
        put_text(v->timeframe, is_address, out);
    } else if (strncmp(word, "cursor}", 7) == 0) {
        put_text(v->cursor, is_address, out);
    } else if (strncmp(word, "from}", 5) == 0) {
        put_date(p, v->from, false, out);
    } else if (strncmp(word, "to}", 3) == 0) {
        put_date(p, v->to, true, out);
    } else if (strncmp(word, "page}", 5) == 0) {
        qm_buf_printf(out, "%lld", (long long)(p->first_page + v->page));
    } else if (strncmp(word, "offset}", 7) == 0) {
        qm_buf_printf(out, "%lld", (long long)(v->page * p->page_size));
    } else if (v->key) {
        put_text(v->key, is_address, out);
    } else {
        qm_buf_puts(out, "***");
    }
}

void qm_provider_expand(const qm_provider *p, const char *text, const qm_provider_values *v,
                        bool is_address, qm_buf *out) {
    for (const char *at = text; *at;) {
        size_t plain = strcspn(at, "{");
        qm_buf_append(out, at, plain);
        at += plain;
        if (*at) {
            put_value(p, at + 1, v, is_address, out);
            at += strcspn(at, "}") + 1;
        }
    }
}

qm_status qm_provider_timeframe(const qm_provider *p, qm_timeframe tf, const char **word,
                                qm_error *err) {
    char asked[QM_TIMEFRAME_BUF], has[128] = "";
    qm_timeframe one;
    for (size_t i = 0; i < p->timeframe_count; i++) {
        size_t used = strlen(has);
        if (qm_timeframe_parse(p->timeframes[i].name, &one) == QM_OK &&
            qm_timeframe_equal(one, tf)) {
            *word = p->timeframes[i].word;
            return QM_OK;
        }
        snprintf(has + used, sizeof has - used, "%s%s", used ? ", " : "", p->timeframes[i].name);
    }
    if (p->timeframe_count == 0 && qm_timeframe_equal(tf, QM_TF_1D)) {
        *word = "";
        return QM_OK;
    }
    return qm_error_set(err, QM_EUSAGE, "provider %s has no bars of %s: it has %s", p->name,
                        qm_timeframe_format(tf, asked), p->timeframe_count ? has : "1d");
}
