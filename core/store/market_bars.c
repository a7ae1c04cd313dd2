/* SPDX-License-Identifier: MIT
 *
 * Bars into chunks and back.
 */
#include "store/chunk.h"
#include "store/market_internal.h"

#include <string.h>

enum { CHUNK_MAX_BYTES = 1 << 28 };

/* A merge of what is stored with what is new, in order of time. */
typedef struct merge {
    const qm_bars *in;
    size_t at, end; /* of in */
    bool replace, changed;
    qm_put_report *report;
    const char *path;
} merge;

static bool same_bar(const qm_bars *a, size_t i, const qm_bars *b, size_t k) {
    bool same = a->date[i] == b->date[k];
    for (int c = 0; same && c < QM_COLUMN_COUNT; c++) {
        same = memcmp(&a->column[c][i], &b->column[c][k], sizeof(double)) == 0;
    }
    return same;
}

static qm_status differs(const merge *m, const qm_bars *old, size_t i, qm_error *err) {
    static const char *const names[] = {"open", "high", "low", "close", "volume"};
    char date[QM_DATE_BUF];
    qm_date_format(old->date[i], date);
    for (int c = 0; c < QM_COLUMN_COUNT; c++) {
        double a = old->column[c][i], b = m->in->column[c][m->at];
        if (memcmp(&a, &b, sizeof a) != 0) {
            return qm_error_set(err, QM_EEXISTS, "%s: %s is stored as %.10g, now it is %.10g", date,
                                names[c], a, b);
        }
    }
    return qm_error_set(err, QM_EEXISTS, "%s: the stored bar is of another session", date);
}

static qm_status push_from(qm_bars *out, const qm_bars *from, size_t i) {
    qm_bar bar;
    qm_bars_get(from, i, &bar);
    return qm_bars_push(out, &bar);
}

static qm_status run_merge(merge *m, const qm_bars *old, qm_bars *out, qm_error *err) {
    size_t i = 0;
    qm_status status = qm_bars_reserve(out, old->n + (m->end - m->at));
    while (status == QM_OK && (i < old->n || m->at < m->end)) {
        bool has_old = i < old->n, has_new = m->at < m->end;
        if (has_old && (!has_new || old->time[i] < m->in->time[m->at])) {
            status = push_from(out, old, i++);
        } else if (!has_old || m->in->time[m->at] < old->time[i]) {
            status = push_from(out, m->in, m->at++);
            m->report->added++;
            m->changed = true;
        } else if (same_bar(old, i, m->in, m->at)) {
            status = push_from(out, old, i++);
            m->at++;
            m->report->known++;
        } else if (m->replace) {
            status = push_from(out, m->in, m->at++);
            i++;
            m->report->replaced++;
            m->changed = true;
        } else {
            return differs(m, old, i, err);
        }
    }
    return status == QM_OK ? QM_OK : qm_error_set(err, status, "%s", qm_status_text(status));
}

static qm_status decode_row(const qm_market_db *m, sqlite3_stmt *s, int raw_column, qm_bars *out,
                            qm_error *err) {
    qm_status status = qm_chunk_decode(sqlite3_column_blob(s, raw_column + 1),
                                       (size_t)sqlite3_column_bytes(s, raw_column + 1),
                                       (size_t)sqlite3_column_int64(s, raw_column), out);
    return status == QM_OK ? QM_OK
                           : qm_error_at(err, status, m->db.path, 0, 0, "a chunk of bars: %s",
                                         qm_status_text(status));
}

typedef struct chunk_key {
    qm_instrument_id instrument;
    int64_t span;
} chunk_key;

static qm_status get_chunk(qm_market_db *m, const chunk_key *key, qm_bars *out, qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(&m->db, ST_GET_CHUNK,
                                    "SELECT raw_length, data FROM chunks WHERE instrument = ?1"
                                    " AND tf = ?2 AND span = ?3",
                                    err);
    if (!s) {
        return QM_EIO;
    }
    sqlite3_bind_int64(s, 1, key->instrument);
    sqlite3_bind_int64(s, 2, qm_timeframe_code(out->tf));
    sqlite3_bind_int64(s, 3, key->span);
    int found = qm_db_step(&m->db, s, err);
    qm_status status = found < 0 ? QM_EIO : QM_OK;
    if (found > 0) {
        status = decode_row(m, s, 0, out, err);
    }
    sqlite3_reset(s);
    return status;
}

static void bind_date(sqlite3_stmt *s, int index, qm_date date) {
    char text[QM_DATE_BUF];
    qm_date_format(date, text);
    qm_db_bind_text(s, index, text);
}

/* Rows first to end of bars. */
static qm_status put_chunk(qm_market_db *m, const chunk_key *key, const qm_bars *bars, size_t first,
                           size_t end, qm_error *err) {
    qm_buf block;
    size_t raw_length = 0;
    qm_buf_init(&block, CHUNK_MAX_BYTES);
    qm_status status = qm_chunk_encode(bars, first, end, &block, &raw_length);
    sqlite3_stmt *s = NULL;
    if (status == QM_OK) {
        s = qm_db_prepare(&m->db, ST_PUT_CHUNK,
                          "INSERT INTO chunks VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
                          " ON CONFLICT(instrument, tf, span) DO UPDATE SET n = ?4,"
                          " first_time = ?5, last_time = ?6, first_date = ?7, last_date = ?8,"
                          " raw_length = ?9, data = ?10",
                          err);
        status = s ? QM_OK : QM_EIO;
    } else {
        qm_error_set(err, status, "%s", qm_status_text(status));
    }
    if (status == QM_OK) {
        sqlite3_bind_int64(s, 1, key->instrument);
        sqlite3_bind_int64(s, 2, qm_timeframe_code(bars->tf));
        sqlite3_bind_int64(s, 3, key->span);
        sqlite3_bind_int64(s, 4, (int64_t)(end - first));
        sqlite3_bind_int64(s, 5, bars->time[first]);
        sqlite3_bind_int64(s, 6, bars->time[end - 1]);
        bind_date(s, 7, bars->date[first]);
        bind_date(s, 8, bars->date[end - 1]);
        sqlite3_bind_int64(s, 9, (int64_t)raw_length);
        sqlite3_bind_blob64(s, 10, block.data, block.length, SQLITE_STATIC);
        status = qm_db_run(&m->db, s, err);
        sqlite3_clear_bindings(s);
    }
    qm_buf_fini(&block);
    return status;
}

static qm_status put_span(qm_market_db *m, const chunk_key *key, merge *work, qm_error *err) {
    qm_bars old, merged;
    qm_bars_init(&old, work->in->tf);
    qm_bars_init(&merged, work->in->tf);
    work->changed = false;
    qm_status status = get_chunk(m, key, &old, err);
    if (status == QM_OK && old.n == 0) { /* nothing to merge with, as in a first import */
        status = put_chunk(m, key, work->in, work->at, work->end, err);
        work->report->added += work->end - work->at;
    } else if (status == QM_OK) {
        status = run_merge(work, &old, &merged, err);
    }
    if (status == QM_OK && work->changed) {
        status = put_chunk(m, key, &merged, 0, merged.n, err);
    }
    qm_bars_fini(&old);
    qm_bars_fini(&merged);
    return status;
}

qm_status qm_market_db_put_bars(qm_market_db *m, qm_instrument_id instrument, const qm_bars *bars,
                                bool replace, qm_put_report *report, qm_error *err) {
    merge work = {.in = bars, .replace = replace, .report = report, .path = m->db.path};
    qm_status status = QM_OK;
    for (size_t first = 0; status == QM_OK && first < bars->n; first = work.end) {
        chunk_key key = {instrument, qm_chunk_span(bars->tf, bars->date[first])};
        work.at = first;
        work.end = first + 1;
        while (work.end < bars->n && (bars->date[work.end] == bars->date[work.end - 1] ||
                                      qm_chunk_span(bars->tf, bars->date[work.end]) == key.span)) {
            work.end++;
        }
        status = put_span(m, &key, &work, err);
    }
    return status;
}

/* Leaves out what a chunk holds before `from` or from `to` on. */
static void cut(qm_bars *bars, size_t first, qm_time from, qm_time to) {
    size_t keep = first;
    for (size_t i = first; i < bars->n; i++) {
        if (bars->time[i] < from || bars->time[i] >= to) {
            continue;
        }
        if (keep != i) {
            bars->time[keep] = bars->time[i];
            bars->date[keep] = bars->date[i];
            bars->flags[keep] = bars->flags[i];
            for (int c = 0; c < QM_COLUMN_COUNT; c++) {
                bars->column[c][keep] = bars->column[c][i];
            }
        }
        keep++;
    }
    bars->n = keep;
}

qm_status qm_market_db_load_bars(qm_market_db *m, qm_instrument_id instrument,
                                 const qm_bar_range *range, qm_bars *out, qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(
        &m->db, ST_LOAD_CHUNKS,
        "SELECT first_time, last_time, raw_length, data FROM chunks WHERE instrument = ?1 AND"
        " tf = ?2 AND last_time >= ?3 AND first_time < ?4 ORDER BY span",
        err);
    if (!s) {
        return QM_EIO;
    }
    sqlite3_bind_int64(s, 1, instrument);
    sqlite3_bind_int64(s, 2, qm_timeframe_code(out->tf));
    sqlite3_bind_int64(s, 3, range->from);
    sqlite3_bind_int64(s, 4, range->to);
    int more;
    while ((more = qm_db_step(&m->db, s, err)) > 0) {
        size_t first = out->n;
        qm_status status = decode_row(m, s, 2, out, err);
        if (status != QM_OK) {
            sqlite3_reset(s);
            return status;
        }
        bool inside =
            sqlite3_column_int64(s, 0) >= range->from && sqlite3_column_int64(s, 1) < range->to;
        if (!inside) {
            cut(out, first, range->from, range->to);
        }
    }
    return more < 0 ? QM_EIO : QM_OK;
}

qm_status qm_market_db_list(qm_market_db *m, qm_series_info_vec *out, qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(&m->db, ST_LIST,
                                    "SELECT c.instrument, c.tf, sum(c.n), min(c.first_time),"
                                    " max(c.last_time), sum(length(c.data)) FROM chunks c"
                                    " JOIN instruments i ON i.id = c.instrument"
                                    " GROUP BY c.instrument, c.tf ORDER BY i.symbol, c.tf",
                                    err);
    int more = s ? 1 : -1;
    while (more > 0 && (more = qm_db_step(&m->db, s, err)) > 0) {
        int64_t tf = sqlite3_column_int64(s, 1);
        qm_series_info info = {.instrument = (qm_instrument_id)sqlite3_column_int64(s, 0),
                               .tf = {(uint16_t)(tf >> 16), (uint16_t)(tf & 0xffff)},
                               .bars = (uint64_t)sqlite3_column_int64(s, 2),
                               .first = sqlite3_column_int64(s, 3),
                               .last = sqlite3_column_int64(s, 4),
                               .bytes = (uint64_t)sqlite3_column_int64(s, 5)};
        if (qm_vec_push(out, &info) != QM_OK) {
            sqlite3_reset(s);
            return qm_error_set(err, QM_ENOMEM, "out of memory");
        }
    }
    return more < 0 ? QM_EIO : QM_OK;
}
