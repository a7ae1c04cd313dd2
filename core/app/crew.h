/* SPDX-License-Identifier: MIT
 *
 * crew.h: the strategies of a daemon: from run phrases or files to sleeves of the engine, and their
 * reload when a file is saved. Main thread.
 */
#ifndef QM_APP_CREW_H
#define QM_APP_CREW_H

#include "app/desk.h"
#include "app/phrase.h"
#include "store/journal.h"

typedef struct qm_member qm_member;

/* How the last reload of a member went. */
typedef struct qm_last_reload {
    qm_time time; /* QM_TIME_NONE: there was none */
    bool ok;
    char message[QM_ERROR_TEXT_MAX];
} qm_last_reload;

typedef struct qm_crew {
    qm_desk *desk;
    const qm_script_budget *budget; /* of the scripts */
    QM_VEC(qm_member *) members;
    /* Hears of reloads and their failures: one line for people. */
    void (*say)(void *data, const char *line);
    void *data;
} qm_crew;

/* One strategy to be started. Pointers are copied. */
typedef struct qm_crew_request {
    const char *what;   /* a phrase, or a path of a .lua file */
    const char *folder; /* of strategies that a phrase names; NULL: where they are installed */
    const qm_instrument_id *universe; /* replaces the file's; count 0: the file's */
    size_t universe_count;
    const char *sets[QM_PHRASE_SETS]; /* name=value */
    int set_count;
    qm_sleeve_config sleeve;
} qm_crew_request;

void qm_crew_fini(qm_crew *crew);
/* Parses, echoes through say, loads the script. */
qm_status qm_crew_load(qm_crew *crew, const qm_crew_request *request, qm_error *err);
/* Bars for all members into the desk's replay. Bars that are missing are an error. */
qm_status qm_crew_take_bars(qm_crew *crew, qm_error *err);
/* Hands the scripts to the desk's engine. */
qm_status qm_crew_install(qm_crew *crew, qm_error *err);
/* A file of this name was saved: members that use it are reloaded when its content has changed. */
void qm_crew_file_changed(qm_crew *crew, const char *name);
/* All of them (SIGHUP). */
void qm_crew_reload_all(qm_crew *crew);
/* What the n-th member reads, before it is installed; NULL behind the last. */
const qm_strategy_spec *qm_crew_spec(const qm_crew *crew, size_t n);
/* The n-th member, installed, as a row of the journal: its index in the engine; false behind the
 * last. */
bool qm_crew_describe(const qm_crew *crew, size_t n, uint32_t *index, qm_run_row *row);
/* Of the n-th member, installed: its index in the engine, the memory of its state, its last reload;
 * false behind the last. */
bool qm_crew_look(const qm_crew *crew, size_t n, uint32_t *index, size_t *memory,
                  const qm_last_reload **reload);
/* The n-th folder that holds a member's file, for watching: each once; NULL behind the last. */
const char *qm_crew_folder(const qm_crew *crew, size_t n);

#endif
