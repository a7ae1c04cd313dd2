/* SPDX-License-Identifier: MIT
 *
 * One page of one symbol: asked for, checked whole, stored in one transaction together with how far
 * the fetch has come.
 */
#include "app/data_get.h"

#include "base/calendar.h"
#include "loop/loop.h"

#include <stdio.h>
#include <string.h>

enum { EMPTY_MAX = 8 };

static int64_t windows(const get_fetch *f) {
    int64_t days = f->run->provider.page_days;
    return (f->at.to - (int64_t)f->at.from + days) / days;
}

static qm_provider_values values_of(const get_fetch *f) {
    qm_provider_values v = {.symbol = f->at.symbol,
                            .timeframe = f->run->tf_word,
                            .cursor = f->at.cursor,
                            .from = f->at.from,
                            .to = f->at.to,
                            .page = f->at.page};
    if (f->run->provider.paging == QM_PAGES_DAYS) {
        int64_t days = f->run->provider.page_days, from = f->at.from + f->at.page * days;
        v.from = (qm_date)from;
        v.to = (qm_date)(from + days - 1 < f->at.to ? from + days - 1 : f->at.to);
    }
    return v;
}

static void put_address(const get_fetch *f, const qm_provider_values *v, qm_buf *out) {
    const qm_provider *p = &f->run->provider;
    bool by_link = p->paging == QM_PAGES_LINK && f->at.page > 0;
    qm_buf_clear(out);
    if (by_link) { /* as the answer gave it, with the key back in its place */
        const char *at = f->at.cursor, *mark;
        while ((mark = strstr(at, "{key}")) != NULL) {
            qm_buf_append(out, at, (size_t)(mark - at));
            qm_provider_expand(p, "{key}", v, true, out);
            at = mark + strlen("{key}");
        }
        qm_buf_puts(out, at);
    } else {
        qm_provider_expand(p, p->url, v, true, out);
    }
    if (f->at.page > 0 && p->query) {
        qm_provider_expand(p, p->query, v, true, out);
    }
}

/* The address as it is asked, and as it is shown. */
static qm_status make_address(get_fetch *f, qm_error *err) {
    qm_provider_values v = values_of(f);
    put_address(f, &v, &f->shown);
    v.key = f->run->key;
    put_address(f, &v, &f->url);
    qm_status status = f->url.status != QM_OK ? f->url.status : f->shown.status;
    return status == QM_OK ? QM_OK : qm_error_set(err, QM_EDATA, "the address is too long");
}

/* When a bar is final: a week with its last session. */
static qm_time final_at(const get_run *run, const qm_bars *bars, size_t i) {
    qm_time end = bars->time[i];
    if (bars->tf.unit == QM_TF_WEEK) {
        qm_session last;
        qm_date sunday = bars->date[i] + (7 - qm_date_weekday(bars->date[i])) % 7;
        end = qm_calendar_on_or_before(sunday, &last) && last.close > end ? last.close : end;
    }
    return end + run->provider.delay_minutes * QM_MINUTE_NS;
}

static qm_status keep_wanted(get_fetch *f, const qm_bars *bars, qm_error *err) {
    qm_status status = QM_OK;
    qm_bars_truncate(&f->kept, 0);
    for (size_t i = 0; status == QM_OK && i < bars->n; i++) {
        qm_bar bar;
        qm_bars_get(bars, i, &bar);
        if (bar.date < f->at.from || bar.date > f->at.to) {
            f->result->outside++;
        } else if (final_at(f->run, bars, i) > f->run->now) {
            f->result->unfinished++;
        } else {
            status = qm_bars_push(&f->kept, &bar);
            f->result->flagged += (bar.flags & (QM_BAR_OPEN_OUTSIDE | QM_BAR_NO_SESSION)) != 0;
        }
    }
    return status == QM_OK ? QM_OK : qm_error_set(err, status, "%s", qm_status_text(status));
}

/* Of a piece of the range some rows must be in it: the days at its ends may come with two. */
static qm_status check_window(const get_fetch *f, const qm_bars *bars, qm_error *err) {
    qm_provider_values v = values_of(f);
    char first[QM_DATE_BUF], last[QM_DATE_BUF];
    for (size_t i = 0; i < bars->n; i++) {
        if (bars->date[i] >= v.from - 1 && bars->date[i] <= v.to + 1) {
            return QM_OK;
        }
    }
    qm_date_format(bars->date[0], first);
    qm_date_format(bars->date[bars->n - 1], last);
    return qm_error_set(err, QM_EDATA, "the page has rows of other days, %s to %s", first, last);
}

/* Each page brings bars before or behind all that came: else it repeats, and so would the next. */
static qm_status check_progress(get_fetch *f, const qm_page *page, qm_error *err) {
    const qm_bars *bars = &page->ohlcv.bars;
    char first[QM_DATE_BUF], last[QM_DATE_BUF];
    f->empty = bars->n == 0 ? f->empty + 1 : 0;
    if (bars->n == 0) {
        return f->empty <= EMPTY_MAX || f->run->provider.paging == QM_PAGES_DAYS
                   ? QM_OK
                   : qm_error_set(err, QM_EDATA, "%d pages without a row, one after the other",
                                  f->empty);
    }
    if (f->run->provider.paging == QM_PAGES_DAYS) {
        return check_window(f, bars, err);
    }
    if (f->at.high != QM_TIME_NONE && bars->time[0] >= f->at.low &&
        bars->time[bars->n - 1] <= f->at.high) {
        qm_date_format(bars->date[0], first);
        qm_date_format(bars->date[bars->n - 1], last);
        return qm_error_set(err, QM_EDATA,
                            "the page repeats: its rows, %s to %s, came with pages before", first,
                            last);
    }
    f->at.low = f->at.high == QM_TIME_NONE || bars->time[0] < f->at.low ? bars->time[0] : f->at.low;
    f->at.high = bars->time[bars->n - 1] > f->at.high ? bars->time[bars->n - 1] : f->at.high;
    return QM_OK;
}

static bool is_last(const get_fetch *f, const qm_page *page) {
    const qm_provider *p = &f->run->provider;
    int64_t rows = (int64_t)page->ohlcv.bars.n;
    switch (p->paging) {
    case QM_PAGES_NUMBER:
        return rows == 0 || (p->short_is_last && rows < p->page_size);
    case QM_PAGES_CURSOR:
    case QM_PAGES_LINK:
        return page->next.length == 0;
    case QM_PAGES_DAYS:
        return f->at.page + 1 >= windows(f);
    case QM_PAGES_NONE:
        break;
    }
    return true;
}

/* What the next page is asked with. A link must stay with the provider's server: it may hold the
 * key. */
static qm_status step_on(get_fetch *f, const qm_page *page, qm_error *err) {
    qm_buf link;
    qm_status status = QM_OK;
    const char *next = page->next.data ? page->next.data : "";
    qm_buf_init(&link, QM_GET_URL_MAX);
    if (f->run->provider.paging == QM_PAGES_LINK) {
        status = qm_url_join(f->run->http, f->url.data, next, &link);
        if (status == QM_OK && !qm_url_same_server(f->run->http, f->url.data, link.data)) {
            status = QM_EDATA;
        }
        if (status != QM_OK) {
            qm_error_set(err, status, "the next page is no address on the same server: \"%.120s\"",
                         next);
        } else {
            status = qm_get_hide_key(f->run, &link, "{key}"); /* it is not to be stored */
            next = link.data;
        }
    }
    if (status == QM_OK && next[0] && strcmp(next, f->at.cursor) == 0) {
        status = qm_error_set(err, QM_EDATA, "the page leads to itself (\"%.80s\")", next);
    }
    if (status == QM_OK && strlen(next) >= sizeof f->at.cursor) {
        status = qm_error_set(err, QM_EDATA, "what leads to the next page is too long");
    }
    if (status == QM_OK) {
        snprintf(f->at.cursor, sizeof f->at.cursor, "%s", next);
        f->at.page++;
    }
    qm_buf_fini(&link);
    return status;
}

/* Inside a transaction. A symbol without a bar is no instrument yet. */
static qm_status put_page(get_fetch *f, bool last, qm_put_report *report, qm_error *err) {
    qm_desk *desk = &f->run->desk;
    const qm_instrument *known = qm_instruments_find(desk->instruments, f->at.symbol, QM_DATE_NONE);
    qm_instrument_id id = known ? known->id : 0;
    qm_status status = QM_OK;
    if (f->kept.n > 0) {
        status = qm_data_save_instrument(desk, f->at.symbol, &id, err);
        if (status == QM_OK) {
            status =
                qm_market_db_put_bars(desk->market, id, &f->kept, f->run->replace, report, err);
        }
    }
    if (status == QM_OK && id != 0 && f->actions.length > 0) {
        status = qm_get_put_actions(f, id, err);
    }
    if (status == QM_OK) {
        status = last ? qm_fetch_done(desk->market, &f->at, err)
                      : qm_fetch_save(desk->market, &f->at, err);
    }
    return status;
}

static qm_status store_page(get_fetch *f, bool last, qm_error *err) {
    qm_market_db *market = f->run->desk.market;
    qm_status status = qm_market_db_begin(market, err);
    if (status == QM_OK) {
        status = put_page(f, last, &f->result->bars, err);
        if (status == QM_OK) {
            status = qm_market_db_commit(market, err);
        }
        if (status != QM_OK) {
            qm_market_db_rollback(market);
            /* A new symbol was not kept either. */
            (void)qm_desk_reload_instruments(&f->run->desk, NULL);
        } else if (qm_instruments_find(f->run->desk.instruments, f->at.symbol, QM_DATE_NONE)) {
            f->actions.length = 0;
        }
    }
    return status;
}

static void show_progress(const get_fetch *f) {
    const get_result *r = f->result;
    double seconds = (double)(qm_loop_monotonic_ns() - f->run->began_ns) / 1e9;
    if (f->run->shows_progress) {
        fprintf(stderr, "\r%s: page %lld, %llu rows, %.1f MB, %.1f requests/s\x1b[K", r->symbol,
                (long long)r->pages, (unsigned long long)r->rows,
                (double)f->run->fetcher.bytes / 1e6,
                (double)f->run->fetcher.requests / (seconds > 0.001 ? seconds : 0.001));
    }
}

static qm_status read_page(const get_fetch *f, const qm_http_response *answer, qm_page *page,
                           qm_error *err) {
    qm_page_options options = f->run->provider.page;
    options.tf = f->run->tf;
    return qm_page_read(answer->body.data ? answer->body.data : "", answer->body.length, &options,
                        page, err);
}

qm_status qm_get_page(get_fetch *f, bool *last, qm_error *err) {
    char what[32];
    qm_http_response answer = {0};
    qm_page page = {0};
    qm_error trouble = {0};
    get_result before = *f->result;
    qm_status status = make_address(f, err);
    if (status != QM_OK) {
        return status;
    }
    snprintf(what, sizeof what, "page %lld", (long long)f->at.page + 1);
    get_request request = {f->at.symbol, what, f->url.data, f->shown.data};
    status = qm_get_answer(f->run, &request, &answer, err);
    if (status != QM_OK) {
        qm_http_response_fini(&answer);
        return status;
    }
    status = read_page(f, &answer, &page, &trouble);
    if (status == QM_OK) {
        status = check_progress(f, &page, &trouble);
    }
    if (status == QM_OK) {
        status = keep_wanted(f, &page.ohlcv.bars, &trouble);
    }
    *last = is_last(f, &page);
    if (status == QM_OK && !*last) {
        status = step_on(f, &page, &trouble);
    }
    if (status == QM_OK) {
        f->result->pages++;
        f->result->rows += page.ohlcv.bars.n;
        status = store_page(f, *last, &trouble);
        show_progress(f);
    }
    if (status != QM_OK) {
        *f->result = before; /* nothing of it was kept */
        qm_get_failed(f->run, &request, status, &trouble, err);
    }
    qm_page_fini(&page);
    qm_http_response_fini(&answer);
    return status;
}
