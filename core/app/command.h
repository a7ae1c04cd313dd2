/* SPDX-License-Identifier: MIT
 *
 * command.h: what every command of the program shares: its row in the table, its arguments, and how
 * it ends. Results go to stdout, everything else to stderr.
 */
#ifndef QM_APP_COMMAND_H
#define QM_APP_COMMAND_H

#include "base/buf.h"
#include "quantmatrix/status.h"

#include <stdbool.h>

enum { QM_ARGS_MAX = 16384 };

typedef struct qm_args {
    int option_count, count;
    struct {
        const char *name, *value;
    } options[QM_ARGS_MAX];
    const char *values[QM_ARGS_MAX]; /* what is no option, in order */
} qm_args;

typedef struct qm_command {
    const char *name;
    const char *summary;        /* one line */
    const char *usage;          /* the manual of the command */
    const char *const *options; /* "json", or "cash=" for one with a value; NULL-terminated */
    int least, most;            /* arguments that are no options; most -1: any number */
    qm_status (*run)(const qm_args *args, qm_error *err);
} qm_command;

/* Ends with a command of NULL name. */
extern const qm_command *const qm_commands[];

/* Reads argv behind the command's name. QM_EUSAGE names the word, and the nearest option. */
qm_status qm_args_read(const qm_command *command, int argc, char **argv, qm_args *out,
                       qm_error *err);
/* The (last) value of an option, or the fallback. */
const char *qm_args_get(const qm_args *args, const char *name, const char *fallback);
bool qm_args_has(const qm_args *args, const char *name);
/* The n-th value of a repeated option; NULL behind the last. */
const char *qm_args_nth(const qm_args *args, const char *name, int n);

/* Writes to stdout. QM_EIO, QM_EFULL; a reader that has gone away is no error. */
qm_status qm_print(const qm_buf *buf, qm_error *err);
/* ANSI colours on stdout: a terminal, and no NO_COLOR. */
bool qm_wants_color(void);
/* " (did you mean x?)" into out. */
const char *qm_suggest(const char *word, const char *const *known, char *out, size_t size);
/* Set by SIGINT and SIGTERM while a long command runs. */
extern volatile int qm_interrupted;
void qm_catch_interrupts(void);

#endif
