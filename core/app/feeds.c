/* SPDX-License-Identifier: MIT */
#include "app/feeds.h"

#include "base/log.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static qm_status add(qm_feeds *f, const char *path, const char *symbol,
                     const qm_ohlcv_options *options, qm_error *err) {
    qm_feed_file file = {0};
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    if (strlen(name) >= sizeof file.name || (size_t)(name - path) >= sizeof file.folder) {
        return qm_error_set(err, QM_EUSAGE, "--feed \"%.80s...\" is too long", path);
    }
    snprintf(file.name, sizeof file.name, "%s", name);
    snprintf(file.folder, sizeof file.folder, "%.*s",
             slash ? (slash == path ? 1 : (int)(slash - path)) : 1, slash ? path : ".");
    if (qm_instruments_intern(f->desk->instruments, symbol, &file.id) != QM_OK) {
        return qm_error_set(err, QM_EUSAGE, "--feed: \"%s\" is no symbol", symbol);
    }
    for (size_t i = 0; i < f->items.length; i++) {
        if (f->items.items[i].id == file.id) {
            return QM_OK; /* of another strategy's universe, too */
        }
    }
    qm_status status = qm_tail_new(path, options, &file.tail);
    status = status == QM_OK ? qm_vec_push(&f->items, &file) : status;
    if (status != QM_OK) {
        qm_tail_free(file.tail);
        qm_error_set(err, status, "%s", qm_status_text(status));
    }
    return status;
}

/* All that the strategies have named, also without a file: an id that is not in the store would be
 * given to another symbol by the next import, and its bars would come as bars of this one. */
static qm_status save_instruments(qm_feeds *f, qm_error *err) {
    qm_market_db *market = f->desk->market;
    size_t count = qm_instruments_count(f->desk->instruments);
    qm_status status = qm_market_db_begin(market, err);
    if (status != QM_OK) {
        return status;
    }
    for (size_t id = 1; status == QM_OK && id <= count; id++) {
        const qm_instrument *one = qm_instruments_get(f->desk->instruments, (qm_instrument_id)id);
        status = one ? qm_market_db_save_instrument(market, one, err) : QM_OK;
    }
    if (status == QM_OK) {
        status = qm_market_db_commit(market, err);
    }
    if (status != QM_OK) {
        qm_market_db_rollback(market);
    }
    return status;
}

static qm_status add_universe(qm_feeds *f, const char *folder, const qm_strategy_spec *spec,
                              const qm_ohlcv_options *options, qm_error *err) {
    qm_status status = QM_OK;
    for (size_t i = 0; status == QM_OK && i < spec->universe_count; i++) {
        char path[3400];
        const char *symbol = qm_instruments_get(f->desk->instruments, spec->universe[i])->symbol;
        snprintf(path, sizeof path, "%s/%s.csv", folder, symbol);
        status = add(f, path, symbol, options, err);
    }
    return status;
}

static qm_status add_named(qm_feeds *f, const char *text, const qm_crew *crew,
                           const qm_ohlcv_options *options, qm_error *err) {
    char symbol[QM_SYMBOL_MAX];
    const char *equals = strchr(text, '=');
    struct stat info;
    if (!equals && stat(text, &info) == 0 && S_ISDIR(info.st_mode)) {
        const qm_strategy_spec *spec;
        qm_status status = QM_OK;
        for (size_t i = 0; status == QM_OK && (spec = qm_crew_spec(crew, i)) != NULL; i++) {
            status = add_universe(f, text, spec, options, err);
        }
        return status;
    }
    if (!equals || equals == text || equals - text >= QM_SYMBOL_MAX) {
        return qm_error_set(err, QM_EUSAGE, "--feed \"%s\": use SYMBOL=FILE.csv or a folder", text);
    }
    snprintf(symbol, sizeof symbol, "%.*s", (int)(equals - text), text);
    return add(f, equals + 1, symbol, options, err);
}

/* Bars that are there with other values are refused one and all of a look: the file says so. */
static qm_status store(qm_feeds *f, const qm_feed_file *file, const qm_bars *bars,
                       qm_put_report *report, qm_error *err) {
    qm_market_db *market = f->desk->market;
    qm_status status = qm_market_db_begin(market, err);
    if (status == QM_OK) {
        status = qm_market_db_put_bars(market, file->id, bars, false, report, err);
        status = status == QM_OK ? qm_market_db_commit(market, err) : status;
        if (status != QM_OK) {
            qm_market_db_rollback(market);
        }
    }
    return status;
}

/* What is new in one file; counts the bars that were stored. */
static qm_status take(qm_feeds *f, qm_feed_file *file, uint64_t *added, qm_error *err) {
    qm_bars bars;
    qm_tail_news news;
    qm_put_report report = {0};
    const char *symbol = qm_instruments_get(f->desk->instruments, file->id)->symbol;
    qm_bars_init(&bars, f->tf);
    qm_status status = qm_tail_read(file->tail, &bars, &news, err);
    if (news.again) {
        qm_log(QM_LOG_WARN, "feed", "%s: %s was replaced or shortened: read again", symbol,
               file->name);
    }
    for (char *at = news.faults.data; at && *at;) {
        size_t length = strcspn(at, "\n");
        qm_log(QM_LOG_ERROR, "feed", "%s: line refused: %.*s", symbol, (int)length, at);
        at += length + (at[length] != 0);
    }
    qm_buf_fini(&news.faults);
    if (status == QM_OK && bars.n > 0) {
        status = store(f, file, &bars, &report, err);
    }
    qm_bars_fini(&bars);
    *added += report.added;
    return status;
}

qm_status qm_feeds_open(qm_feeds *f, const qm_args *args, const qm_crew *crew, qm_error *err) {
    const qm_strategy_spec *spec = qm_crew_spec(crew, 0);
    qm_ohlcv_options options = {.tf = spec->tf.unit == QM_TF_WEEK ? QM_TF_1D : spec->tf,
                                .tz = qm_args_get(args, "tz", NULL),
                                .stamp_is_end = qm_args_has(args, "stamp") &&
                                                strcmp(qm_args_get(args, "stamp", ""), "end") == 0};
    const char *text;
    qm_status status = QM_OK;
    f->tf = options.tf;
    f->desk->may_be_empty = qm_args_has(args, "feed");
    for (int n = 0; status == QM_OK && (text = qm_args_nth(args, "feed", n)) != NULL; n++) {
        status = add_named(f, text, crew, &options, err);
    }
    if (status == QM_OK && f->items.length > 0) {
        status = save_instruments(f, err);
    }
    for (size_t i = 0; status == QM_OK && i < f->items.length; i++) {
        uint64_t added = 0;
        status = take(f, &f->items.items[i], &added, err);
    }
    return status;
}

static void on_file(void *data, const char *name) {
    qm_feeds *f = data;
    uint64_t added = 0;
    for (size_t i = 0; i < f->items.length; i++) {
        qm_error err = {0};
        if (strcmp(f->items.items[i].name, name) == 0 &&
            take(f, &f->items.items[i], &added, &err) != QM_OK) {
            char text[QM_ERROR_TEXT_MAX + QM_ERROR_FILE_MAX + 32];
            qm_log(QM_LOG_ERROR, "feed", "%s", qm_error_format(&err, text, sizeof text));
        }
    }
    if (added > 0) {
        qm_follow_look(f->follow);
    }
}

qm_status qm_feeds_start(qm_feeds *f, qm_follow *follow, qm_error *err) {
    qm_status status = QM_OK;
    f->follow = follow;
    for (size_t i = 0; status == QM_OK && i < f->items.length; i++) {
        bool watched = false;
        for (size_t k = 0; k < i; k++) {
            watched = watched || strcmp(f->items.items[k].folder, f->items.items[i].folder) == 0;
        }
        qm_loop_watch_request r = {f->items.items[i].folder, 0, on_file, f};
        qm_loop_watch *watch;
        if (watched) {
            continue;
        }
        status = qm_loop_watch_new(follow->loop, &r, &watch, err);
        if (status == QM_OK && qm_vec_push(&f->watches, &watch) != QM_OK) {
            qm_loop_watch_free(watch);
            status = qm_error_set(err, QM_ENOMEM, "out of memory");
        }
    }
    for (size_t i = 0; status == QM_OK && i < f->items.length; i++) {
        on_file(f, f->items.items[i].name); /* what came while it started */
    }
    return status;
}

void qm_feeds_fini(qm_feeds *f) {
    for (size_t i = 0; i < f->watches.length; i++) {
        qm_loop_watch_free(f->watches.items[i]);
    }
    for (size_t i = 0; i < f->items.length; i++) {
        qm_tail_free(f->items.items[i].tail);
    }
    qm_vec_fini(&f->watches);
    qm_vec_fini(&f->items);
}
