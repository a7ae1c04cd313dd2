/* SPDX-License-Identifier: MIT
 *
 * What a support engineer would ask for, and how to mend what is wrong.
 */
#include "app/desk.h"
#include "app/settings.h"
#include "app/share.h"
#include "base/calendar.h"
#include "base/tz.h"
#include "codec/json.h"
#include "loop/loop.h"
#include "report/report.h"
#include "store/integrity.h"
#include "store/journal.h"

#include "qm_version.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { TEXT = 320, FINDINGS_MAX = 64, STALE_SESSIONS = 3, LOW_MB = 1024, NO_MB = 64 };

typedef enum severity { FINE, NOTE, BROKEN } severity;
static const char *const VERDICTS[] = {"ok", "note", "broken"};

typedef struct finding {
    const char *what;
    severity verdict;
    char says[TEXT], mend[TEXT];
} finding;

typedef struct visit {
    finding items[FINDINGS_MAX];
    int count, broken;
    char folder[4000];
} visit;

/* mend: "" when nothing is to be done. */
__attribute__((format(printf, 5, 6))) static void add(visit *v, const char *what, severity verdict,
                                                      const char *mend, const char *format, ...) {
    if (v->count == FINDINGS_MAX) {
        return;
    }
    finding *f = &v->items[v->count++];
    va_list args;
    f->what = what;
    f->verdict = verdict;
    snprintf(f->mend, sizeof f->mend, "%s", mend);
    va_start(args, format);
    vsnprintf(f->says, sizeof f->says, format, args);
    va_end(args);
    v->broken += verdict == BROKEN;
}

static void look_at_versions(visit *v) {
    add(v, "version", FINE, "", "quantmatrix %s, SQLite %s", QM_VERSION, qm_sqlite_version());
}

static void look_at_configuration(visit *v) {
    char path[4096];
    qm_config_entries entries = {0};
    qm_buf findings;
    qm_error err = {0};
    int count = 0;
    qm_buf_init(&findings, 1 << 20);
    qm_settings_path(path, sizeof path);
    if (access(path, F_OK) != 0) {
        add(v, "configuration", NOTE, "qm init writes one", "there is none: defaults are used");
    } else if (qm_settings_read(path, &entries, &findings, &count, &err) != QM_OK) {
        add(v, "configuration", BROKEN, "mend the line", "%s", err.message);
    } else if (count > 0) {
        add(v, "configuration", BROKEN, "qm config check names them all", "%.*s",
            (int)strcspn(findings.data, "\n"), findings.data);
    } else {
        add(v, "configuration", FINE, "", "%s", path);
    }
    qm_buf_fini(&findings);
    qm_vec_fini(&entries);
}

static bool look_at_folder(visit *v) {
    struct statvfs disk;
    if (access(v->folder, F_OK) != 0) {
        add(v, "data folder", NOTE, "qm init or qm data import makes it", "%s: not there yet",
            v->folder);
        return false;
    }
    bool fine = access(v->folder, R_OK | W_OK | X_OK) == 0;
    add(v, "data folder", fine ? FINE : BROKEN,
        fine ? "" : "give your user the right to write there", "%s%s%s", v->folder,
        fine ? "" : ": ", fine ? "" : strerror(errno));
    if (statvfs(v->folder, &disk) == 0) {
        unsigned long long mb = (unsigned long long)disk.f_bavail * disk.f_frsize >> 20;
        severity verdict = mb < NO_MB ? BROKEN : mb < LOW_MB ? NOTE : FINE;
        add(v, "disk", verdict, verdict == FINE ? "" : "make room: a full disk stops trading",
            "%llu MB free", mb);
    }
    return true;
}

static void look_at_clock(visit *v) {
    qm_time now = qm_loop_now(NULL);
    char text[QM_TIME_BUF];
    qm_date date = qm_tz_to_local(qm_tz_utc(), now).date;
    bool fine = date > qm_date_from_ymd(2024, 1, 1) && date < qm_calendar_last();
    qm_time_format(now, text);
    add(v, "clock", fine ? FINE : BROKEN, fine ? "" : "set the clock (timedatectl set-ntp true)",
        "%s", text);
    qm_tz *zone;
    qm_error err = {0};
    if (qm_tz_load("America/New_York", &zone, &err) != QM_OK) {
        add(v, "time zones", NOTE, "apt-get install tzdata: other zones need it", "%s",
            err.message);
        return;
    }
    bool same = qm_tz_offset(zone, now) == qm_tz_offset(qm_tz_new_york(), now);
    add(v, "time zones", same ? FINE : BROKEN, same ? "" : "update tzdata, or this program",
        same ? "the system's New York agrees with the calendar"
             : "the system's New York differs from the calendar's");
    qm_tz_free(zone);
}

static void look_at_database(visit *v, const char *name, int known, const char *mend) {
    char path[4200], found[200];
    snprintf(path, sizeof path, "%s/%s", v->folder, name);
    qm_status status = qm_integrity_check(path, known, found, sizeof found);
    if (status == QM_ENOTFOUND) {
        add(v, name, FINE, "", "not there yet");
    } else if (status == QM_EVERSION) {
        add(v, name, BROKEN, "update this program", "made by a newer version: %s", found);
    } else {
        add(v, name, status == QM_OK ? FINE : BROKEN, status == QM_OK ? "" : mend, "%s",
            status == QM_OK ? "whole" : found);
    }
}

static void look_at_series(visit *v, const qm_desk *desk, const qm_series_info *info, int *stale,
                           int64_t *missing) {
    qm_date first = qm_tz_to_local(qm_tz_new_york(), info->first).date;
    qm_date last = qm_tz_to_local(qm_tz_new_york(), info->last).date;
    int32_t behind = qm_sessions_since(last, qm_loop_now(NULL));
    const qm_instrument *instrument = qm_instruments_get(desk->instruments, info->instrument);
    char day[QM_DATE_BUF];
    if (info->tf.unit == QM_TF_DAY && info->tf.count == 1) {
        int64_t gap = qm_calendar_count(first - 1, last) - (int64_t)info->bars;
        *missing += gap > 0 ? gap : 0;
    }
    if (behind > STALE_SESSIONS && (*stale)++ < 5) {
        qm_date_format(last, day);
        add(v, "freshness", NOTE, "qm data import its newest file",
            "%s ends at %s, %d sessions ago", instrument ? instrument->symbol : "?", day, behind);
    }
}

static void look_at_data(visit *v) {
    qm_desk desk;
    qm_series_info_vec list = {0};
    int stale = 0;
    int64_t missing = 0;
    if (qm_desk_init(&desk, NULL) != QM_OK) {
        return;
    }
    qm_status status = qm_desk_open_market(&desk, v->folder, QM_DB_READ, NULL);
    if (status == QM_OK) {
        status = qm_market_db_list(desk.market, &list, NULL);
    }
    for (size_t i = 0; status == QM_OK && i < list.length; i++) {
        look_at_series(v, &desk, &list.items[i], &stale, &missing);
    }
    if (status == QM_OK && stale > 5) {
        add(v, "freshness", NOTE, "qm data list", "and %d more", stale - 5);
    }
    if (status == QM_OK && list.length > 0) {
        add(v, "gaps", missing ? NOTE : FINE, missing ? "qm data check says where" : "",
            "%lld sessions without a daily bar in %zu series", (long long)missing, list.length);
    } else {
        add(v, "prices", NOTE, "qm data import FILE.csv, or qm demo", "none are stored yet");
    }
    qm_vec_fini(&list);
    qm_desk_fini(&desk);
}

static void look_at_program(visit *v) {
    char path[4200], folder[4000];
    qm_strategies_folder(folder, sizeof folder);
    snprintf(path, sizeof path, "%s/atr_matrix.lua", folder);
    bool there = access(path, R_OK) == 0;
    add(v, "strategies", there ? FINE : NOTE,
        there ? "" : "install, or set QM_STRATEGIES to their folder", "%s%s", folder,
        there ? "" : ": the strategies that ship are not there");
    snprintf(path, sizeof path, "%s/book.db", v->folder);
    long long pid = (long long)qm_book_owner(path);
    if (pid) {
        add(v, "daemon", FINE, "", "process %lld works on this folder", pid);
    } else {
        add(v, "daemon", FINE, "", "none runs (qm run)");
    }
}

static void put_json(const visit *v, qm_buf *out) {
    qm_json_writer w;
    qm_json_writer_init(&w, out);
    qm_json_open_array(&w);
    for (int i = 0; i < v->count; i++) {
        const finding *f = &v->items[i];
        qm_json_open_object(&w);
        qm_json_put_string(&w, "what", f->what);
        qm_json_put_string(&w, "verdict", VERDICTS[f->verdict]);
        qm_json_put_string(&w, "says", f->says);
        qm_json_put_string(&w, "mend", f->mend[0] ? f->mend : NULL);
        qm_json_close_object(&w);
    }
    qm_json_close_array(&w);
    qm_buf_putc(out, '\n');
}

static void put_lines(const visit *v, qm_buf *out) {
    static const char *const colours[] = {"\x1b[32m", "\x1b[33m", "\x1b[31m"};
    bool color = qm_wants_color();
    for (int i = 0; i < v->count; i++) {
        const finding *f = &v->items[i];
        qm_buf_printf(out, "%s%-6s%s  %-13s  %s\n", color ? colours[f->verdict] : "",
                      VERDICTS[f->verdict], color ? "\x1b[0m" : "", f->what, f->says);
        if (f->mend[0]) {
            qm_buf_printf(out, "%24s-> %s\n", "", f->mend);
        }
    }
}

static qm_status run(const qm_args *args, qm_error *err) {
    static visit v; /* large, and there is one doctor */
    qm_buf out;
    v = (visit){0};
    qm_buf_init(&out, 1 << 20);
    qm_settings_use(NULL); /* a broken file is a finding, not an end */
    qm_desk_folder(args, v.folder, sizeof v.folder);
    look_at_versions(&v);
    look_at_configuration(&v);
    look_at_clock(&v);
    if (look_at_folder(&v)) {
        look_at_database(&v, "market.db", QM_MARKET_DB_SCHEMA,
                         "move it away and import the files again");
        look_at_database(&v, "book.db", QM_BOOK_SCHEMA, "stop the daemon, restore a backup");
        look_at_database(&v, "journal.db", QM_JOURNAL_SCHEMA, "move it away: a new one is made");
        look_at_data(&v);
    }
    look_at_program(&v);
    if (qm_args_has(args, "json")) {
        put_json(&v, &out);
    } else {
        put_lines(&v, &out);
    }
    qm_status status = qm_print(&out, err);
    qm_buf_fini(&out);
    return status == QM_OK && v.broken > 0 ? QM_ENO : status;
}

static const char *const OPTIONS[] = {"data=", "json", NULL};

const qm_command qm_command_doctor = {
    "doctor",
    "is all well? what is not, and how to mend it",
    "usage: qm doctor [--data DIR] [--json]\n\n"
    "Looks at versions, configuration, clock, time zones, folder, disk, databases, freshness and\n"
    "gaps of the prices, and the daemon. Ends with 1 when something is broken; a note is none.\n",
    OPTIONS,
    0,
    0,
    run};
