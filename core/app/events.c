/* SPDX-License-Identifier: MIT
 *
 * One line, one event. Bars of one time are a slice, which closes when every symbol of the
 * universes has reported, or with the first line of a later time or of another type.
 */
#include "app/events.h"

#include "base/calendar.h"
#include "codec/json.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 1 << 20, FLUSH_AT = 1 << 16, OUTPUT_MAX = 1 << 26 };

typedef struct reader {
    qm_crew *crew;
    qm_desk *desk;
    qm_events_out *out;
    const char *path;
    size_t row;
    const qm_json *line;
    qm_time time;    /* of the last event */
    size_t waiting;  /* bars of `time` whose slice is open */
    size_t expected; /* symbols of all universes */
    bool started, interactive;
    qm_error *err;
} reader;

__attribute__((format(printf, 2, 3))) static qm_status fail(const reader *r, const char *format,
                                                            ...) {
    char text[QM_ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return qm_error_at(r->err, QM_EDATA, r->path, (int64_t)r->row, 0, "%s", text);
}

static qm_status flush(reader *r, bool now) {
    if (!now && r->out->text.length < FLUSH_AT) {
        return QM_OK;
    }
    qm_status status = qm_print(&r->out->text, r->err);
    qm_buf_clear(&r->out->text);
    return status;
}

static const char *text_of(const reader *r, const char *key) {
    return qm_json_text(qm_json_get(r->line, key));
}

static qm_status need_number(const reader *r, const char *key, double *out) {
    const qm_json *value = qm_json_get(r->line, key);
    const char *text = qm_json_text(value);
    char *end = NULL;
    if (text) {
        *out = strtod(text, &end);
    }
    bool fine = text ? *text && *end == 0 : qm_json_number(value, out);
    return fine && isfinite(*out) ? QM_OK : fail(r, "\"%s\" is missing or no number", key);
}

/* A number or a text, exactly as written. */
static qm_status need_decimal(const reader *r, const char *key, qm_decimal *out) {
    const qm_json *value = qm_json_get(r->line, key);
    const char *text = qm_json_text(value);
    double number;
    if (text) {
        return qm_decimal_parse(text, strlen(text), out) == QM_OK
                   ? QM_OK
                   : fail(r, "\"%s\" is no amount", key);
    }
    return qm_json_number(value, &number) && qm_decimal_from_double(number, out) == QM_OK
               ? QM_OK
               : fail(r, "\"%s\" is missing or no amount", key);
}

static qm_status need_symbol(const reader *r, qm_instrument_id *out) {
    const char *symbol = text_of(r, "symbol");
    if (!symbol || qm_instruments_intern(r->desk->instruments, symbol, out) != QM_OK) {
        return fail(r, "\"symbol\" is missing or no symbol");
    }
    return QM_OK;
}

static qm_status date_field(const reader *r, const char *key, qm_date fallback, qm_date *out) {
    const char *text = text_of(r, key);
    *out = fallback;
    return !text || qm_date_parse(text, strlen(text), out) == QM_OK
               ? QM_OK
               : fail(r, "\"%s\" is no date (2024-01-31)", key);
}

/* ---- events ---- */

static qm_status dispatch(reader *r, qm_event *event) {
    event->time = r->time;
    event->seq = r->out->event;
    return qm_engine_dispatch(r->desk->engine, event, r->err);
}

static qm_status close_slice(reader *r) {
    qm_event event = {.kind = QM_EVENT_SLICE};
    bool open = r->waiting > 0;
    r->waiting = 0;
    return open ? dispatch(r, &event) : QM_OK;
}

/* Whether one of the first n strategies has the instrument in its universe. */
static bool is_read(const qm_engine *e, uint32_t n, qm_instrument_id id) {
    for (uint32_t i = 0; i < n; i++) {
        const qm_strategy_spec *spec = qm_engine_sleeve(e, i).spec;
        for (size_t k = 0; k < spec->universe_count; k++) {
            if (spec->universe[k] == id) {
                return true;
            }
        }
    }
    return false;
}

static size_t count_symbols(const qm_engine *e) {
    size_t count = 0;
    for (uint32_t i = 0; i < qm_engine_count(e); i++) {
        const qm_strategy_spec *spec = qm_engine_sleeve(e, i).spec;
        for (size_t k = 0; k < spec->universe_count; k++) {
            count += !is_read(e, i, spec->universe[k]);
        }
    }
    return count;
}

static qm_status take_bar(reader *r) {
    static const char *const names[] = {"open", "high", "low", "close"};
    qm_event event = {.kind = QM_EVENT_BAR};
    qm_bar *bar = &event.u.bar;
    qm_status status = need_symbol(r, &event.instrument);
    for (int i = 0; i < 4 && status == QM_OK; i++) {
        status = need_number(r, names[i], &bar->x[i]);
    }
    bar->time = r->time;
    if (status == QM_OK && qm_json_get(r->line, "volume")) {
        status = need_number(r, "volume", &bar->x[QM_VOLUME]);
    } else {
        bar->x[QM_VOLUME] = NAN;
    }
    if (status == QM_OK &&
        (bar->x[QM_LOW] <= 0 || bar->x[QM_HIGH] < bar->x[QM_LOW] ||
         bar->x[QM_CLOSE] > bar->x[QM_HIGH] || bar->x[QM_CLOSE] < bar->x[QM_LOW])) {
        status = fail(r, "the bar's low, close and high are out of order");
    }
    if (status == QM_OK) {
        status = date_field(r, "date", qm_calendar_session_of(r->time), &bar->date);
    }
    status = status == QM_OK ? dispatch(r, &event) : status;
    /* One that nobody reads does not complete a slice. */
    r->waiting += status == QM_OK &&
                  is_read(r->desk->engine, qm_engine_count(r->desk->engine), event.instrument);
    return status == QM_OK && r->waiting >= r->expected ? close_slice(r) : status;
}

static qm_status take_quote(reader *r) {
    qm_event event = {.kind = QM_EVENT_QUOTE};
    qm_status status = need_symbol(r, &event.instrument);
    if (status == QM_OK && qm_json_get(r->line, "bid")) {
        status = need_decimal(r, "bid", &event.u.quote.bid);
    }
    if (status == QM_OK && qm_json_get(r->line, "ask")) {
        status = need_decimal(r, "ask", &event.u.quote.ask);
    }
    return status == QM_OK ? dispatch(r, &event) : status;
}

/* "num" and "den", or "ratio": new shares for one old. */
static qm_status split_ratio(const reader *r, qm_action *action) {
    double num = 0, den = 1;
    const qm_json *ratio = qm_json_get(r->line, "ratio");
    qm_status status = need_number(r, ratio ? "ratio" : "num", &num);
    if (status == QM_OK && !ratio) {
        status = need_number(r, "den", &den);
    }
    while (status == QM_OK && ratio && num != floor(num) && den < 1e6) { /* 1.5 is 15:10 */
        num *= 10;
        den *= 10;
    }
    if (status == QM_OK && !(num >= 1 && den >= 1 && num < 1e9 && den < 1e9 && num == floor(num) &&
                             den == floor(den))) {
        return fail(r, "the split's ratio is no whole number of new for old shares");
    }
    action->num = (int64_t)num;
    action->den = (int64_t)den;
    return status;
}

static qm_status take_action(reader *r, qm_action_kind kind) {
    qm_event event = {.kind = QM_EVENT_ACTION};
    qm_action *action = &event.u.action;
    qm_status status = need_symbol(r, &event.instrument);
    action->kind = kind;
    action->instrument = event.instrument;
    if (status == QM_OK && kind == QM_ACTION_SPLIT) {
        status = split_ratio(r, action);
    } else if (status == QM_OK) {
        status = need_decimal(r, "amount", &action->cash);
    }
    if (status == QM_OK) {
        status = date_field(r, "ex_date", qm_calendar_session_of(r->time), &action->ex_date);
    }
    if (status == QM_OK) {
        status = date_field(r, "pay_date", QM_DATE_NONE, &action->pay_date);
    }
    return status == QM_OK ? dispatch(r, &event) : status;
}

/* Into the named strategy's sleeve; the only one may be left unnamed. */
static qm_status take_cash(reader *r) {
    qm_event event = {.kind = QM_EVENT_CASH};
    qm_engine *e = r->desk->engine;
    const char *name = text_of(r, "strategy");
    uint32_t count = qm_engine_count(e), at = name || count != 1 ? count : 0;
    for (uint32_t i = 0; name && i < count; i++) {
        at = strcmp(qm_engine_sleeve(e, i).spec->name, name) == 0 ? i : at;
    }
    if (at == count) {
        return fail(r, "cash: no strategy \"%s\"", name ? name : "");
    }
    event.u.cash.strategy = at;
    qm_status status = need_decimal(r, "amount", &event.u.cash.amount);
    return status == QM_OK ? dispatch(r, &event) : status;
}

/* A file that can't take over is an error of its strategy; the old version runs on. */
static qm_status take_reload(reader *r) {
    qm_engine *e = r->desk->engine;
    uint64_t before[256];
    uint32_t count = qm_engine_count(e) < 256 ? qm_engine_count(e) : 256;
    qm_status status = qm_engine_advance(e, r->time, r->err);
    for (uint32_t i = 0; i < count; i++) {
        before[i] = qm_engine_sleeve(e, i).generation;
    }
    if (status == QM_OK) {
        qm_crew_reload_all(r->crew);
    }
    for (uint32_t i = 0; i < count && status == QM_OK; i++) {
        if (qm_engine_sleeve(e, i).generation == before[i]) {
            qm_events_refused(r->out, i);
        }
    }
    return status;
}

static qm_status take_timer(reader *r) {
    return qm_engine_advance(r->desk->engine, r->time, r->err);
}

static qm_status take_split(reader *r) {
    return take_action(r, QM_ACTION_SPLIT);
}

static qm_status take_dividend(reader *r) {
    return take_action(r, QM_ACTION_DIVIDEND);
}

static const struct {
    const char *name;
    qm_status (*take)(reader *r);
} TYPES[] = {
    {"bar", take_bar},           {"quote", take_quote}, {"split", take_split},
    {"dividend", take_dividend}, {"cash", take_cash},   {"timer", take_timer},
    {"reload", take_reload},
};
enum { TYPE_COUNT = sizeof TYPES / sizeof TYPES[0] };

/* Time never goes back; the engine starts with the first line. */
static qm_status set_time(reader *r) {
    const char *text = text_of(r, "time");
    qm_time time;
    if (!text || qm_time_parse(text, strlen(text), &time) != QM_OK) {
        return fail(r, "\"time\" is missing or no UTC time: %s", text ? text : "");
    }
    if (r->started && time < r->time) {
        return fail(r, "%s is before the line above: time goes only forward", text);
    }
    bool later = time > r->time;
    qm_status status = later ? close_slice(r) : QM_OK;
    r->time = time;
    if (status == QM_OK && !r->started) {
        r->started = true;
        status = qm_engine_start(r->desk->engine, time - 1, r->err);
    }
    return status;
}

static qm_status take_line(reader *r) {
    const char *type = text_of(r, "type");
    double seq;
    qm_status (*take)(reader *) = NULL;
    for (int i = 0; type && i < TYPE_COUNT; i++) {
        take = strcmp(TYPES[i].name, type) == 0 ? TYPES[i].take : take;
    }
    if (!take) {
        return fail(r, "type \"%s\": bar, quote, split, dividend, cash, timer and reload are known",
                    type ? type : "");
    }
    qm_status status = set_time(r);
    if (status == QM_OK && take != take_bar) {
        status = close_slice(r);
    }
    bool counted = qm_json_number(qm_json_get(r->line, "seq"), &seq);
    r->out->event = counted && seq >= 0 && seq < 9e15 ? (uint64_t)seq : r->out->event + 1;
    return status == QM_OK ? take(r) : status;
}

static qm_status parse_line(reader *r, const char *text, size_t length) {
    qm_json *line;
    qm_error inner = {0};
    r->row++;
    if (strspn(text, " \t\r\n") == length) {
        return QM_OK;
    }
    if (qm_json_parse(text, length, &line, &inner) != QM_OK) {
        return fail(r, "no JSON object: %s", inner.message);
    }
    r->line = line;
    qm_status status = take_line(r);
    qm_json_free(line);
    return status == QM_OK ? flush(r, r->interactive) : status;
}

static qm_status read_lines(reader *r, FILE *file) {
    char *text = NULL;
    size_t capacity = 0;
    ssize_t length;
    qm_status status = QM_OK;
    while (status == QM_OK && !qm_interrupted && (length = getline(&text, &capacity, file)) >= 0) {
        status = length > LINE_MAX_BYTES ? fail(r, "a line of more than 1 MB")
                                         : parse_line(r, text, (size_t)length);
    }
    if (status == QM_OK && ferror(file)) {
        status = qm_error_at(r->err, QM_EIO, r->path, (int64_t)r->row, 0, "%s", strerror(errno));
    }
    free(text); /* getline's own */
    return status;
}

qm_status qm_events_run(qm_crew *crew, const char *path, qm_events_out *out, qm_error *err) {
    bool standard = strcmp(path, "-") == 0;
    reader r = {.crew = crew,
                .desk = crew->desk,
                .out = out,
                .path = standard ? "standard input" : path,
                .time = QM_TIME_NONE,
                .expected = count_symbols(crew->desk->engine),
                .interactive = standard,
                .err = err};
    FILE *file = standard ? stdin : fopen(path, "r");
    if (!file) {
        return qm_error_at(err, QM_EIO, path, 0, 0, "%s", strerror(errno));
    }
    qm_catch_interrupts();
    qm_status status = read_lines(&r, file);
    if (status == QM_OK) {
        status = close_slice(&r);
    }
    if (status == QM_OK && r.started) {
        status = qm_engine_finish(r.desk->engine, err);
        qm_events_states(out);
    }
    qm_error unread = {0};
    qm_error *told = r.err;
    r.err = status == QM_OK ? told : &unread; /* the first error is the one to tell */
    qm_status shown = flush(&r, true);
    if (!standard) {
        fclose(file);
    }
    return status == QM_OK ? shown : status;
}
