/* SPDX-License-Identifier: MIT
 *
 * option.h: what the two forms of `qm option` share: one option from the command line, and a file
 * of options.
 */
#ifndef QM_APP_OPTION_H
#define QM_APP_OPTION_H

#include "app/command.h"
#include "codec/json.h"
#include "quantmatrix/option.h"

/* The fields of an option in the order in which they are printed. */
typedef enum qm_option_field {
    QM_FIELD_SPOT,
    QM_FIELD_STRIKE,
    QM_FIELD_DAYS,
    QM_FIELD_RATE,
    QM_FIELD_DIV,
    QM_FIELD_VOL,
    QM_FIELD_PRICE,
    QM_FIELD_NUMBERS,
    QM_FIELD_RIGHT = QM_FIELD_NUMBERS,
    QM_FIELD_AMERICAN,
    QM_FIELD_COUNT
} qm_option_field;

extern const char *const qm_option_field_names[QM_FIELD_COUNT + 1];

/* What is asked: prices with 6 or 9 outputs, or volatilities. */
typedef struct qm_option_task {
    bool implied, json;
    bool american; /* --american: all rows of a file that does not say it itself */
    int outputs;
} qm_option_task;

typedef struct qm_option_case {
    qm_option option;
    double price; /* of the implied volatility */
} qm_option_case;

typedef struct qm_option_answer {
    double values[QM_OPTION_OUTPUT_COUNT]; /* implied: [0] is the volatility, NaN: no solution */
} qm_option_answer;

/* Where a numeric field is kept. */
double *qm_option_number(qm_option_case *c, qm_option_field field);
/* Whether a field must be given for the task. */
bool qm_option_needs(const qm_option_task *task, qm_option_field field);
/* The answer to one case; no solution is none of the errors. */
qm_status qm_option_answer_one(const qm_option_task *task, const qm_option_case *c,
                               qm_option_answer *out, qm_error *err);
/* An object with the case's fields and its answer. */
void qm_option_put_json(const qm_option_task *task, qm_option_case *c,
                        const qm_option_answer *answer, qm_json_writer *w);

/* Reads the file, and prints it with the answers. */
qm_status qm_option_run_file(const qm_option_task *task, const char *path, qm_error *err);

#endif
