/* SPDX-License-Identifier: MIT */
#include "app/runs.h"

#include "app/decisions.h"
#include "base/log.h"
#include "loop/loop.h"

#include <stdio.h>

static void write_all(qm_runs *runs) {
    char path[4200];
    qm_journal *journal;
    qm_error err = {0};
    snprintf(path, sizeof path, "%s/journal.db", runs->folder);
    qm_status status = qm_journal_open(path, QM_DB_CREATE, &journal, &err);
    if (status == QM_OK) {
        status = qm_journal_begin(journal, &err);
        for (size_t i = 0; status == QM_OK && i < runs->rows.length; i++) {
            status = qm_journal_put_run(journal, &runs->rows.items[i], &err);
        }
        if (status == QM_OK) {
            status = qm_journal_commit(journal, &err);
        }
        qm_journal_close(journal); /* takes back what was not committed */
    }
    if (status != QM_OK) {
        qm_log(QM_LOG_WARN, "run", "the journal was not written: %s", err.message);
    }
}

void qm_runs_begin(qm_runs *runs, const char *kind) {
    const qm_engine *engine = runs->crew->desk->engine;
    uint32_t index = 0;
    qm_run_row row = {.started = qm_loop_now(NULL),
                      .ended = QM_TIME_NONE,
                      .from = QM_TIME_NONE,
                      .to = QM_TIME_NONE};
    for (size_t i = 0; qm_crew_describe(runs->crew, i, &index, &row); i++) {
        snprintf(row.kind, sizeof row.kind, "%s", kind);
        snprintf(row.state, sizeof row.state, "running");
        snprintf(row.strategy, sizeof row.strategy, "%s",
                 qm_engine_sleeve(engine, index).spec->name);
        if (qm_vec_push(&runs->rows, &row) != QM_OK) {
            break;
        }
    }
    write_all(runs);
}

void qm_runs_end(qm_runs *runs) {
    uint32_t index = 0;
    for (size_t i = 0; i < runs->rows.length; i++) {
        qm_run_row row = runs->rows.items[i];
        if (qm_crew_describe(runs->crew, i, &index, &row)) { /* a reload has another hash */
            qm_run_row_end(&row, runs->crew->desk->engine, index);
            runs->rows.items[i] = row;
        }
    }
    if (runs->rows.length > 0) {
        write_all(runs);
    }
    qm_vec_fini(&runs->rows);
}
