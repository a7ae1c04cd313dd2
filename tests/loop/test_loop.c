/* SPDX-License-Identifier: MIT
 *
 * The event loop: timers to absolute times, signals, idle work, and a directory that editors save
 * into in their several ways.
 */
#include "base/mem.h"
#include "loop/loop.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { MS = 1000000, GUARD_MS = 20000 };

typedef struct stage {
    qm_loop *loop;
    qm_loop_timer *guard;
    int turns;
    char log[512]; /* what happened, in order */
    qm_loop_timer *again, *finish;
    qm_time fired_at;
    void (*save)(void);
} stage;

static void note(stage *s, const char *what) {
    size_t n = strlen(s->log);
    snprintf(s->log + n, sizeof s->log - n, "%s%s", n ? " " : "", what);
}

static void too_late(void *data) {
    stage *s = data;
    note(s, "guard");
    qm_loop_stop(s->loop);
}

/* A guard ends a loop in which what is waited for never comes. */
static int begin(void **state) {
    stage *s = calloc(1, sizeof *s);
    assert_non_null(s);
    assert_int_equal(qm_loop_new(&s->loop), QM_OK);
    assert_int_equal(qm_loop_timer_new(s->loop, too_late, s, &s->guard), QM_OK);
    qm_loop_timer_set(s->guard, qm_loop_now(s->loop) + (qm_time)GUARD_MS * MS);
    *state = s;
    return 0;
}

static int end(void **state) {
    stage *s = *state;
    qm_loop_free(s->loop);
    free(s);
    return qm_mem_get_stats().live_blocks != 0;
}

static void stop(void *data) {
    stage *s = data;
    note(s, "stop");
    s->fired_at = qm_loop_now(s->loop);
    qm_loop_stop(s->loop);
}

static void first(void *data) {
    note(data, "first");
}

static void second(void *data) {
    note(data, "second");
}

static qm_loop_timer *timer_in(stage *s, int ms, void (*fire)(void *)) {
    qm_loop_timer *timer;
    assert_int_equal(qm_loop_timer_new(s->loop, fire, s, &timer), QM_OK);
    qm_loop_timer_set(timer, qm_loop_now(s->loop) + (qm_time)ms * MS);
    return timer;
}

static void timers_fire_in_order_of_time_and_never_early(void **state) {
    stage *s = *state;
    qm_time due = qm_loop_now(s->loop) + 60 * (qm_time)MS;
    qm_loop_timer *last;
    assert_int_equal(qm_loop_timer_new(s->loop, stop, s, &last), QM_OK);
    qm_loop_timer_set(last, due);
    timer_in(s, 30, second);
    timer_in(s, 10, first);
    assert_int_equal(qm_loop_run(s->loop), QM_OK);
    assert_string_equal(s->log, "first second stop");
    assert_true(s->fired_at >= due);
}

static void a_time_in_the_past_fires_at_the_next_turn(void **state) {
    stage *s = *state;
    timer_in(s, -86400000, stop);
    assert_string_equal(s->log, ""); /* not from inside of set */
    assert_int_equal(qm_loop_run(s->loop), QM_OK);
    assert_string_equal(s->log, "stop");
}

static void a_cancelled_or_moved_timer_keeps_its_last_word(void **state) {
    stage *s = *state;
    qm_loop_timer *cancelled = timer_in(s, 5, first), *moved = timer_in(s, 5, second);
    qm_loop_timer_cancel(cancelled);
    qm_loop_timer_set(moved, qm_loop_now(s->loop) + 3600 * QM_SECOND_NS);
    timer_in(s, 40, stop);
    assert_int_equal(qm_loop_run(s->loop), QM_OK);
    assert_string_equal(s->log, "stop");
}

/* Re-armed to absolute times from inside of its own callback, and freed there at last. */
static void tick(void *data) {
    stage *s = data;
    note(s, "tick");
    if (++s->turns < 3) {
        qm_loop_timer_set(s->again, s->fired_at += 10 * (qm_time)MS);
        return;
    }
    qm_loop_timer_free(s->again);
    qm_loop_timer_free(s->guard);
}

static void a_timer_is_rearmed_and_freed_in_its_callback(void **state) {
    stage *s = *state;
    s->fired_at = qm_loop_now(s->loop);
    s->again = timer_in(s, 0, tick);
    /* Nothing is left to wait for: the loop ends by itself. */
    assert_int_equal(qm_loop_run(s->loop), QM_OK);
    assert_string_equal(s->log, "tick tick tick");
    assert_true(qm_loop_now(s->loop) >= s->fired_at);
}

static void on_signal(void *data, int signum) {
    stage *s = data;
    note(s, signum == SIGHUP ? "hup" : signum == SIGUSR1 ? "usr1" : "other");
    if (signum == SIGUSR1) {
        qm_loop_stop(s->loop);
    }
}

static void raise_both(void *data) {
    (void)data;
    raise(SIGHUP);
    raise(SIGUSR1);
}

static void signals_arrive_on_the_loop(void **state) {
    stage *s = *state;
    qm_loop_signal *hup, *usr1;
    assert_int_equal(qm_loop_signal_new(s->loop, SIGHUP, on_signal, s, &hup), QM_OK);
    assert_int_equal(qm_loop_signal_new(s->loop, SIGUSR1, on_signal, s, &usr1), QM_OK);
    timer_in(s, 0, raise_both);
    assert_int_equal(qm_loop_run(s->loop), QM_OK);
    assert_string_equal(s->log, "hup usr1");
    qm_loop_signal_free(hup);
    qm_loop_signal_free(usr1);
}

static void waiting_for_a_signal_keeps_no_loop_alive(void **state) {
    stage *s = *state;
    qm_loop_signal *hup;
    qm_loop_timer_free(s->guard);
    assert_int_equal(qm_loop_signal_new(s->loop, SIGHUP, on_signal, s, &hup), QM_OK);
    assert_int_equal(qm_loop_run(s->loop), QM_OK);
    assert_string_equal(s->log, "");
}

static void no_signal_of_that_number(void **state) {
    stage *s = *state;
    qm_loop_signal *none = NULL;
    assert_int_not_equal(qm_loop_signal_new(s->loop, 12345, on_signal, s, &none), QM_OK);
    assert_null(none);
}

static int work(void *data) {
    stage *s = data;
    note(s, "turn");
    return ++s->turns % 3 != 0;
}

static qm_loop_idle *idle_of(stage *s) {
    qm_loop_idle *idle;
    assert_int_equal(qm_loop_idle_new(s->loop, work, s, &idle), QM_OK);
    return idle;
}

static void idle_work_turns_until_it_sleeps_and_wakes_again(void **state) {
    stage *s = *state;
    qm_loop_idle *idle = idle_of(s);
    qm_loop_timer_free(s->guard);
    assert_int_equal(qm_loop_run(s->loop), QM_OK); /* nobody woke it */
    assert_string_equal(s->log, "");
    qm_loop_idle_wake(idle);
    assert_int_equal(qm_loop_run(s->loop), QM_OK);
    assert_string_equal(s->log, "turn turn turn");
    qm_loop_idle_wake(idle);
    assert_int_equal(qm_loop_run(s->loop), QM_OK);
    assert_string_equal(s->log, "turn turn turn turn turn turn");
    qm_loop_idle_free(idle);
}

/* A directory of its own, and what becomes of it. */
static char folder[64];

static void path_of(char out[128], const char *name) {
    snprintf(out, 128, "%s/%s", folder, name);
}

static void write_file(const char *name, const char *text) {
    char path[128];
    path_of(path, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void move_file(const char *from, const char *to) {
    char a[128], b[128];
    path_of(a, from);
    path_of(b, to);
    assert_int_equal(rename(a, b), 0);
}

static void save_in_place(void) {
    write_file("a.lua", "");
    write_file("a.lua", "one");
}

/* A backup beside, the new text under another name, then the name. */
static void save_by_rename(void) {
    write_file("4913", "");
    move_file("a.lua", "a.lua~");
    write_file(".a.lua.swp", "x");
    write_file("a.lua.tmp", "two");
    move_file("a.lua.tmp", "a.lua");
}

static void save_twice(void) {
    save_in_place();
    save_by_rename();
}

static void remove_it(void) {
    char path[128];
    path_of(path, "a.lua");
    assert_int_equal(unlink(path), 0);
}

static void leave_rubbish(void) {
    static const char *const names[] = {"4913",  "b.lua~", ".b.lua", "b.lua.swp",
                                        "b.swx", "b.tmp",  "b.bak",  "#b.lua#"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        write_file(names[i], "x");
    }
    write_file("a.lua", "three");
}

static void save_two(void) {
    write_file("a.lua", "1");
    write_file("b.lua", "2");
}

static const struct {
    const char *what;
    void (*save)(void);
    const char *heard;
} SAVES[] = {
    {"in place", save_in_place, "a.lua stop"},
    {"by renaming", save_by_rename, "a.lua stop"},
    {"twice within the quiet time", save_twice, "a.lua stop"},
    {"removed", remove_it, "a.lua stop"},
    {"what editors leave beside", leave_rubbish, "a.lua stop"},
    {"two files", save_two, "a.lua b.lua stop"},
};

static void save_now(void *data) {
    stage *s = data;
    s->save();
}

static qm_loop_timer *save_soon(stage *s, void (*save)(void)) {
    s->save = save;
    return timer_in(s, 0, save_now);
}

enum { QUIET_MS = 60, AFTER_MS = 300 };

/* What is heard puts the end off, so that it is seen when it is heard again. */
static void on_change(void *data, const char *name) {
    stage *s = data;
    note(s, name);
    qm_loop_timer_set(s->finish, qm_loop_now(s->loop) + (qm_time)AFTER_MS * MS);
}

static void make_folder(void) {
    strcpy(folder, "/tmp/qm-test-loop-XXXXXX");
    assert_non_null(mkdtemp(folder));
    write_file("a.lua", "zero");
}

static void remove_folder(void) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
}

static qm_loop_watch *watch_of(stage *s, void (*changed)(void *, const char *)) {
    qm_loop_watch_request request = {
        .directory = folder, .debounce_ms = QUIET_MS, .changed = changed, .data = s};
    qm_loop_watch *watch;
    qm_error err;
    assert_int_equal(qm_loop_watch_new(s->loop, &request, &watch, &err), QM_OK);
    return watch;
}

static void every_way_to_save_is_heard_once(void **state) {
    stage *s = *state;
    for (size_t i = 0; i < sizeof SAVES / sizeof *SAVES; i++) {
        make_folder();
        qm_loop_watch *watch = watch_of(s, on_change);
        qm_loop_timer *start = save_soon(s, SAVES[i].save);
        assert_int_equal(qm_loop_timer_new(s->loop, stop, s, &s->finish), QM_OK);
        s->log[0] = 0;
        assert_int_equal(qm_loop_run(s->loop), QM_OK);
        if (strcmp(s->log, SAVES[i].heard) != 0) {
            fail_msg("%s: heard \"%s\", not \"%s\"", SAVES[i].what, s->log, SAVES[i].heard);
        }
        qm_loop_watch_free(watch);
        qm_loop_timer_free(start);
        qm_loop_timer_free(s->finish);
        remove_folder();
    }
}

static qm_loop_watch *own;

static void free_own(void *data, const char *name) {
    (void)name;
    stop(data);
    qm_loop_watch_free(own);
}

static void a_watch_is_freed_in_its_callback(void **state) {
    stage *s = *state;
    make_folder();
    own = watch_of(s, free_own);
    save_soon(s, save_two);
    assert_int_equal(qm_loop_run(s->loop), QM_OK);
    assert_string_equal(s->log, "stop"); /* the second name is not heard any more */
    remove_folder();
}

static void no_folder_is_an_error_with_its_name(void **state) {
    stage *s = *state;
    qm_loop_watch_request request = {.directory = "/nowhere/at/all", .changed = on_change};
    qm_loop_watch *watch = NULL;
    qm_error err = {0};
    assert_int_equal(qm_loop_watch_new(s->loop, &request, &watch, &err), QM_ENOTFOUND);
    assert_null(watch);
    assert_string_equal(err.file, "/nowhere/at/all");
}

int main(void) {
#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(timers_fire_in_order_of_time_and_never_early),
        CASE(a_time_in_the_past_fires_at_the_next_turn),
        CASE(a_cancelled_or_moved_timer_keeps_its_last_word),
        CASE(a_timer_is_rearmed_and_freed_in_its_callback),
        CASE(signals_arrive_on_the_loop),
        CASE(waiting_for_a_signal_keeps_no_loop_alive),
        CASE(no_signal_of_that_number),
        CASE(idle_work_turns_until_it_sleeps_and_wakes_again),
        CASE(every_way_to_save_is_heard_once),
        CASE(a_watch_is_freed_in_its_callback),
        CASE(no_folder_is_an_error_with_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
