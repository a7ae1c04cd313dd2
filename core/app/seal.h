/* SPDX-License-Identifier: MIT
 *
 * seal.h: what a result was made of, and one hash over it: bars and actions, the strategy's
 * sources, parameters, options, tax rates, seed, version. Equal seals mean equal runs. `qm verify`
 * makes it again. Paths, and how files are read, are recorded but not part of the hash: what was
 * read from them is.
 */
#ifndef QM_APP_SEAL_H
#define QM_APP_SEAL_H

#include "app/trial.h"
#include "codec/json.h"

/* One instrument's bars and actions as the run got them. */
typedef struct qm_seal_data {
    char symbol[QM_SYMBOL_MAX];
    size_t bars, actions;
    qm_date first, last; /* QM_DATE_NONE: no bars */
    char hash[QM_SHA256_HEX];
} qm_seal_data;

typedef struct qm_seal {
    char hash[QM_SHA256_HEX], decisions[QM_SHA256_HEX];
    char benchmark[QM_SHA256_HEX]; /* "": none */
    QM_VEC(qm_seal_data) data;     /* in order of events */
} qm_seal;

/* Of a trial that has run; to be fini'd also after an error. */
qm_status qm_seal_make(const qm_trial *trial, qm_seal *out, qm_error *err);
void qm_seal_fini(qm_seal *seal);
/* The object "seal" of a result. */
void qm_seal_json(const qm_seal *seal, const qm_trial *trial, qm_json_writer *w);
/* The arguments of the run as an array, without those that only show or keep a result. */
void qm_seal_arguments(const qm_args *args, qm_json_writer *w);

#endif
