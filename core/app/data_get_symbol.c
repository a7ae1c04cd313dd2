/* SPDX-License-Identifier: MIT
 *
 * What is asked of a provider for one symbol: what was broken off, and the range that is wanted.
 */
#include "app/data_get.h"

#include "base/tz.h"

#include <stdio.h>
#include <string.h>

enum { PAGES_MAX = 100000 };

static qm_status get_pages(get_fetch *f, qm_error *err) {
    qm_status status = qm_get_actions(f, err);
    bool last = false;
    while (status == QM_OK && !last) {
        status = f->at.page < PAGES_MAX
                     ? qm_get_page(f, &last, err)
                     : qm_error_set(err, QM_EDATA, "more than %d pages", (int)PAGES_MAX);
    }
    return status;
}

/* An unfinished fetch over from and to (QM_DATE_NONE: over any range) is gone on with. */
static qm_status get_range(get_run *run, get_result *result, qm_date from, qm_date to,
                           qm_error *err) {
    const char *config = run->provider.hash; /* with another template a cursor means nothing */
    get_fetch f = {.run = run, .result = result};
    snprintf(f.at.provider, sizeof f.at.provider, "%s", run->provider.name);
    snprintf(f.at.symbol, sizeof f.at.symbol, "%s", result->symbol);
    f.at.tf = run->tf;
    f.at.from = from;
    f.at.to = to;
    f.at.low = f.at.high = QM_TIME_NONE;
    qm_status status = qm_fetch_load(run->desk.market, &f.at, err);
    if (status == QM_ENOTFOUND && from == QM_DATE_NONE) {
        return QM_ENOTFOUND;
    }
    if (status == QM_OK && strcmp(f.at.config, config) == 0) {
        result->resumed = true;
    } else if (status == QM_OK || status == QM_ENOTFOUND) {
        f.at.page = 0;
        f.at.cursor[0] = 0;
        f.at.low = f.at.high = QM_TIME_NONE;
        snprintf(f.at.config, sizeof f.at.config, "%s", config);
        status = QM_OK;
    }
    result->from = f.at.from;
    result->to = f.at.to;
    qm_buf_init(&f.url, QM_GET_URL_MAX);
    qm_buf_init(&f.shown, QM_GET_URL_MAX);
    qm_bars_init(&f.kept, run->tf);
    if (status == QM_OK) {
        status = get_pages(&f, err);
    }
    qm_bars_fini(&f.kept);
    qm_buf_fini(&f.url);
    qm_buf_fini(&f.shown);
    qm_vec_fini(&f.actions);
    return status;
}

/* The session of the newest stored bar; QM_DATE_NONE: there is none. */
static qm_status last_stored(get_run *run, const char *symbol, qm_date *out, qm_error *err) {
    qm_series_info_vec list = {0};
    const qm_instrument *one = qm_instruments_find(run->desk.instruments, symbol, QM_DATE_NONE);
    *out = QM_DATE_NONE;
    qm_status status = qm_market_db_list(run->desk.market, &list, err);
    for (size_t i = 0; status == QM_OK && one && i < list.length; i++) {
        if (list.items[i].instrument == one->id && qm_timeframe_equal(list.items[i].tf, run->tf)) {
            *out = qm_tz_to_local(qm_tz_new_york(), list.items[i].last).date;
        }
    }
    qm_vec_fini(&list);
    return status;
}

/* Without --from: what was broken off is completed first, whatever range it had. */
static qm_status complete_unfinished(get_run *run, get_result *result, qm_error *err) {
    qm_status status = QM_OK;
    while (status == QM_OK) {
        status = get_range(run, result, QM_DATE_NONE, QM_DATE_NONE, err);
    }
    return status == QM_ENOTFOUND && (!err || !err->message[0]) ? QM_OK : status;
}

qm_status qm_get_symbol(get_run *run, get_result *result, qm_error *err) {
    qm_date last, from = run->from, to = run->to == QM_DATE_NONE ? run->today : run->to;
    qm_status status = from == QM_DATE_NONE ? complete_unfinished(run, result, err) : QM_OK;
    if (status == QM_OK) {
        status = last_stored(run, result->symbol, &last, err);
    }
    if (status == QM_OK && from == QM_DATE_NONE) {
        /* The last stored bar comes again: that it is the same shows that the prices fit. */
        from = last;
        if (from == QM_DATE_NONE) {
            status = qm_error_set(err, QM_EUSAGE,
                                  "no bar of %s is stored yet: say from when on (--from DATE)",
                                  result->symbol);
        }
    }
    if (status == QM_OK && from <= to) {
        status = get_range(run, result, from, to, err);
    }
    if (status == QM_OK && last == QM_DATE_NONE && result->rows == 0) {
        status = qm_error_set(err, QM_ENOTFOUND, "%s has no bar of %s in that range",
                              run->provider.name, result->symbol);
    }
    return status;
}
