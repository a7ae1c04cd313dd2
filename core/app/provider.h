/* SPDX-License-Identifier: MIT
 *
 * provider.h: how a provider of prices is asked, as the configuration describes it: addresses with
 * placeholders, the fields of its answers, its pages and its limits. The key comes from the
 * environment and is never part of what is shown. Texts are borrowed from the entries.
 */
#ifndef QM_APP_PROVIDER_H
#define QM_APP_PROVIDER_H

#include "base/hash.h"
#include "host/config.h"
#include "import/page.h"

enum { QM_PROVIDER_NAME_MAX = 64, QM_TIMEFRAMES_MAX = 16 };

typedef enum qm_paging {
    QM_PAGES_NONE,   /* one answer has it all */
    QM_PAGES_NUMBER, /* {page} or {offset} */
    QM_PAGES_CURSOR, /* the answer has a text for the next request: {cursor} */
    QM_PAGES_LINK,   /* the answer has the address of the next page */
    QM_PAGES_DAYS    /* the range is asked for in pieces of so many days */
} qm_paging;

typedef enum qm_date_form {
    QM_DATES_ISO,
    QM_DATES_COMPACT,
    QM_DATES_SECONDS,
    QM_DATES_MILLIS
} qm_date_form;

/* Where splits or dividends come from. */
typedef struct qm_provider_events {
    const char *url; /* NULL: nowhere */
    qm_action_options options;
} qm_provider_events;

typedef struct qm_provider {
    char name[QM_PROVIDER_NAME_MAX];
    char hash[QM_SHA256_HEX]; /* of all that decides what is asked and how answers are read */
    const char *url, *header, *key_env;
    qm_page_options page;
    qm_provider_events splits, dividends;
    qm_paging paging;
    const char *query; /* appended to the address from the second page on */
    int64_t first_page, page_size, page_days;
    qm_date_form dates;
    bool to_excluded, insecure;
    bool short_is_last;    /* a page with fewer rows than page_size; else an empty one */
    int64_t delay_minutes; /* a bar is final so long after its end */
    int64_t per_minute, tries, first_wait_ms, max_wait_s, connect_s, stall_s, total_s, max_mb;
    size_t timeframe_count; /* 0: daily bars only */
    struct {
        const char *name, *word; /* "1d", and what the provider calls it */
    } timeframes[QM_TIMEFRAMES_MAX];
} qm_provider;

/* QM_ECONFIG names what does not fit together. QM_ENOTFOUND: no provider of that name. */
qm_status qm_provider_read(const qm_config_entries *entries, const char *name, qm_provider *out,
                           qm_error *err);
/* The n-th provider's name; false behind the last. */
bool qm_provider_name(const qm_config_entries *entries, size_t n, char out[QM_PROVIDER_NAME_MAX]);
/* The provider's word for a timeframe. QM_EUSAGE says which it has. */
qm_status qm_provider_timeframe(const qm_provider *provider, qm_timeframe tf, const char **word,
                                qm_error *err);

/* What placeholders stand for. */
typedef struct qm_provider_values {
    const char *symbol, *timeframe, *cursor, *key;
    qm_date from, to;
    int64_t page; /* from 0 */
} qm_provider_values;
/* Appends a template of the provider with its placeholders filled in, percent-encoded where it is
 * an address. key NULL: "***" stands in its place, to be shown. */
void qm_provider_expand(const qm_provider *provider, const char *text,
                        const qm_provider_values *values, bool is_address, qm_buf *out);

#endif
