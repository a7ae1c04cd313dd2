/* SPDX-License-Identifier: MIT
 *
 * The program: finds the command, runs it, turns its status into an exit code.
 */
#include "app/budget.h"
#include "app/command.h"
#include "app/settings.h"
#include "qm_version.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const qm_command *find(const char *name) {
    for (const qm_command *const *c = qm_commands; *c; c++) {
        if (strcmp((*c)->name, name) == 0) {
            return *c;
        }
    }
    return NULL;
}

static void put_overview(qm_buf *out) {
    qm_buf_puts(out, "QuantMatrix hosts trading strategies written in Lua.\n\nusage: qm COMMAND "
                     "[ARGUMENTS]\n\n");
    for (const qm_command *const *c = qm_commands; *c; c++) {
        qm_buf_printf(out, "  %-9s %s\n", (*c)->name, (*c)->summary);
    }
    qm_buf_puts(out, "\nqm help COMMAND says more. Exit codes: 0 ok, 1 the answer is no, 64 usage, "
                     "65 bad data,\n69 unavailable, 70 internal, 74 input/output, 78 "
                     "configuration.\n");
}

static qm_status no_command(const char *word, qm_error *err) {
    const char *names[64] = {0};
    char hint[96];
    int n = 0;
    for (const qm_command *const *c = qm_commands; *c && n < 63; c++) {
        names[n++] = (*c)->name;
    }
    return qm_error_set(err, QM_EUSAGE, "no command \"%s\"%s; qm help lists them", word,
                        qm_suggest(word, names, hint, sizeof hint));
}

static qm_status run_help(const qm_args *args, qm_error *err) {
    qm_buf out;
    qm_buf_init(&out, 1 << 20);
    qm_status status = QM_OK;
    if (args->count == 0) {
        put_overview(&out);
    } else {
        const qm_command *command = find(args->values[0]);
        if (command) {
            qm_buf_printf(&out, "%s\n\n%s", command->summary, command->usage);
        } else {
            status = no_command(args->values[0], err);
        }
    }
    if (status == QM_OK) {
        status = qm_print(&out, err);
    }
    qm_buf_fini(&out);
    return status;
}

static qm_status run_version(const qm_args *args, qm_error *err) {
    (void)args;
    qm_buf out;
    qm_buf_init(&out, 256);
    qm_buf_puts(&out, "quantmatrix " QM_VERSION "\n");
    qm_status status = qm_print(&out, err);
    qm_buf_fini(&out);
    return status;
}

const qm_command qm_command_help = {
    "help", "what the commands do", "usage: qm help [COMMAND]\n", NULL, 0, 1, run_help};
const qm_command qm_command_version = {
    "version", "the version of this program", "usage: qm version\n", NULL, 0, 0, run_version};

/* What works on the data folder reads the configuration, the rest starts without. */
/* init and doctor work also with a broken configuration. */
static bool works_on_data(const qm_command *command) {
    if (strcmp(command->name, "init") == 0 || strcmp(command->name, "doctor") == 0) {
        return false;
    }
    for (const char *const *o = command->options; o && *o; o++) {
        if (strcmp(*o, "data=") == 0) {
            return true;
        }
    }
    return false;
}

static bool wants_help(int argc, char **argv) {
    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            return true;
        }
    }
    return false;
}

static qm_status run(int argc, char **argv, qm_error *err) {
    qm_args args;
    const char *word = argc > 1 ? argv[1] : "help";
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        word = "help";
    } else if (strcmp(word, "--version") == 0) {
        word = "version";
    }
    const qm_command *command = find(word);
    if (!command) {
        return no_command(word, err);
    }
    if (wants_help(argc, argv)) {
        args.option_count = 0;
        args.count = 1;
        args.values[0] = word;
        return run_help(&args, err);
    }
    qm_status status =
        qm_args_read(command, argc > 2 ? argc - 2 : 0, argc > 2 ? argv + 2 : argv, &args, err);
    if (status == QM_OK && works_on_data(command)) {
        status = qm_settings_use(err);
    }
    return status == QM_OK ? command->run(&args, err) : status;
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    qm_error err = {0};
    qm_status status = run(argc, argv, &err);
    qm_budget_release();
    if (status != QM_OK && err.message[0]) {
        char text[QM_ERROR_TEXT_MAX + QM_ERROR_FILE_MAX + 32];
        fprintf(stderr, "qm: %s\n", qm_error_format(&err, text, sizeof text));
    } else if (status != QM_OK && status != QM_ENO) {
        fprintf(stderr, "qm: %s\n", qm_status_text(status));
    }
    return qm_status_exit_code(status);
}
