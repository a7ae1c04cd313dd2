/* SPDX-License-Identifier: MIT
 *
 * data_get.h: what the files of `qm data get` share: the run, and what came of one symbol.
 */
#ifndef QM_APP_DATA_GET_H
#define QM_APP_DATA_GET_H

#include "app/data.h"
#include "app/provider.h"
#include "net/fetch.h"
#include "store/fetches.h"

typedef struct get_run {
    qm_desk desk;
    qm_provider provider;
    qm_http *http;
    qm_fetcher fetcher;
    const char *key; /* NULL: the provider needs none */
    char *header;    /* with the key; NULL: none */
    qm_timeframe tf;
    const char *tf_word;
    qm_date from, to; /* as told; QM_DATE_NONE: not told */
    qm_time now;
    qm_date today; /* in New York */
    bool replace, shows_progress;
    int64_t began_ns;
} get_run;

/* What came of a symbol, also when it ended with an error. */
typedef struct get_result {
    const char *symbol;
    qm_date from, to; /* asked for last */
    int64_t pages;
    uint64_t rows;                /* that came */
    uint64_t outside, unfinished; /* and were left out */
    uint64_t flagged;             /* kept, but odd */
    uint64_t splits, dividends;   /* new ones */
    qm_put_report bars;
    bool resumed;
    qm_status status;
    char error[QM_ERROR_TEXT_MAX + QM_ERROR_FILE_MAX + 32];
} get_result;

/* All pages of a symbol into the store, each in a transaction. err as result->error. */
qm_status qm_get_symbol(get_run *run, get_result *result, qm_error *err);

enum { QM_GET_URL_MAX = 1 << 14 };

/* A fetch of one symbol over one range. */
typedef struct get_fetch {
    get_run *run;
    get_result *result;
    qm_fetch_point at;
    qm_action_vec actions; /* that wait for the instrument's first transaction */
    qm_buf url, shown;     /* the address at hand: as it is asked, and without the key */
    qm_bars kept;          /* of the page at hand */
    int empty;             /* pages without rows, one after the other */
} get_fetch;

/* Asks for the page at hand and stores it; *last: there is no other. */
qm_status qm_get_page(get_fetch *fetch, bool *last, qm_error *err);
/* Asks for splits and dividends, which wait in fetch->actions. */
qm_status qm_get_actions(get_fetch *fetch, qm_error *err);
/* Puts what waits into the store; inside a transaction. */
qm_status qm_get_put_actions(get_fetch *fetch, qm_instrument_id id, qm_error *err);

/* One request on its way: where it is, for messages. */
typedef struct get_request {
    const char *symbol;
    const char *what;  /* "page 3", "splits" */
    const char *url;   /* the address as it is asked */
    const char *shown; /* the same without the key */
} get_request;

/* Asks, and returns an answer with 200 in which the key, if it is there, reads {key}. */
qm_status qm_get_answer(get_run *run, const get_request *request, qm_http_response *out,
                        qm_error *err);
/* Puts provider, symbol, page and address to what went wrong, and takes the key out of it. */
qm_status qm_get_failed(const get_run *run, const get_request *request, qm_status status,
                        const qm_error *trouble, qm_error *err);

/* Replaces the key, as it is and as an address has it. QM_ENOMEM. */
qm_status qm_get_hide_key(const get_run *run, qm_buf *text, const char *with);

/* The summary of all symbols as one JSON object. */
qm_status qm_get_report(get_run *run, const get_result *results, size_t count, qm_error *err);
/* One symbol's lines, as soon as it is done. */
qm_status qm_get_report_one(get_run *run, const get_result *result, qm_error *err);

#endif
