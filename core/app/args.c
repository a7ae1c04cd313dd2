/* SPDX-License-Identifier: MIT */
#include "app/command.h"
#include "base/suggest.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

volatile int qm_interrupted;

static void on_signal(int number) {
    (void)number;
    qm_interrupted = 1;
}

void qm_catch_interrupts(void) {
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

const char *qm_suggest(const char *word, const char *const *known, char *out, size_t size) {
    const char *best = qm_nearest_name(word, known);
    out[0] = 0;
    if (best) {
        snprintf(out, size, " (did you mean \"%s\"?)", best);
    }
    return out;
}

/* The option's row: its name without "=" equals the word's up to "=". */
static const char *find_option(const qm_command *command, const char *word, size_t length) {
    for (const char *const *o = command->options; o && *o; o++) {
        size_t n = strcspn(*o, "=");
        if (n == length && strncmp(*o, word, n) == 0) {
            return *o;
        }
    }
    return NULL;
}

static qm_status unknown(const qm_command *command, const char *word, qm_error *err) {
    const char *names[64] = {0};
    char copies[64][32], hint[96];
    int n = 0;
    for (const char *const *o = command->options; o && *o && n < 63; o++, n++) {
        snprintf(copies[n], sizeof copies[n], "--%.*s", (int)strcspn(*o, "="), *o);
        names[n] = copies[n];
    }
    return qm_error_set(err, QM_EUSAGE, "%s: no option %s%s", command->name, word,
                        qm_suggest(word, names, hint, sizeof hint));
}

static qm_status read_option(const qm_command *command, char **argv, int argc, int *i, qm_args *out,
                             qm_error *err) {
    const char *word = argv[*i] + 2;
    size_t length = strcspn(word, "=");
    const char *option = find_option(command, word, length), *value = NULL;
    if (!option) {
        return unknown(command, argv[*i], err);
    }
    bool wants = option[length] == '=';
    if (word[length] == '=') {
        value = word + length + 1;
    } else if (wants && *i + 1 < argc) {
        value = argv[++*i];
    }
    if (wants != (value != NULL)) {
        return qm_error_set(err, QM_EUSAGE, "%s: --%.*s %s", command->name, (int)length, word,
                            wants ? "needs a value" : "takes no value");
    }
    if (out->option_count == QM_ARGS_MAX) {
        return qm_error_set(err, QM_EUSAGE, "%s: too many options", command->name);
    }
    out->options[out->option_count].name = option;
    out->options[out->option_count++].value = value;
    return QM_OK;
}

qm_status qm_args_read(const qm_command *command, int argc, char **argv, qm_args *out,
                       qm_error *err) {
    bool only_values = false;
    out->option_count = out->count = 0; /* the rest is not read: no need to touch its pages */
    for (int i = 0; i < argc; i++) {
        if (!only_values && strcmp(argv[i], "--") == 0) {
            only_values = true;
        } else if (!only_values && strncmp(argv[i], "--", 2) == 0) {
            qm_status status = read_option(command, argv, argc, &i, out, err);
            if (status != QM_OK) {
                return status;
            }
        } else if (!only_values && argv[i][0] == '-' && argv[i][1]) {
            return unknown(command, argv[i], err);
        } else if (out->count == QM_ARGS_MAX) {
            return qm_error_set(err, QM_EUSAGE, "%s: more than %d arguments", command->name,
                                QM_ARGS_MAX);
        } else {
            out->values[out->count++] = argv[i];
        }
    }
    if (out->count < command->least) {
        return qm_error_set(err, QM_EUSAGE, "%s: too few arguments; qm help %s", command->name,
                            command->name);
    }
    if (command->most >= 0 && out->count > command->most) {
        return qm_error_set(err, QM_EUSAGE, "%s: unexpected argument \"%s\"", command->name,
                            out->values[command->most]);
    }
    return QM_OK;
}

const char *qm_args_nth(const qm_args *args, const char *name, int n) {
    size_t length = strlen(name);
    for (int i = 0; i < args->option_count; i++) {
        const char *option = args->options[i].name;
        if (strncmp(option, name, length) == 0 && (option[length] == 0 || option[length] == '=') &&
            n-- == 0) {
            return args->options[i].value ? args->options[i].value : "";
        }
    }
    return NULL;
}

const char *qm_args_get(const qm_args *args, const char *name, const char *fallback) {
    const char *value = fallback, *next;
    for (int n = 0; (next = qm_args_nth(args, name, n)) != NULL; n++) {
        value = next;
    }
    return value;
}

bool qm_args_has(const qm_args *args, const char *name) {
    return qm_args_nth(args, name, 0) != NULL;
}

qm_status qm_print(const qm_buf *buf, qm_error *err) {
    if (buf->status != QM_OK) {
        return qm_error_set(err, buf->status, "the output could not be built: %s",
                            qm_status_text(buf->status));
    }
    errno = 0;
    bool bad = buf->length && fwrite(buf->data, 1, buf->length, stdout) != buf->length;
    bad = fflush(stdout) != 0 || bad;
    if (bad && errno != EPIPE) {
        return qm_error_set(err, errno == ENOSPC ? QM_EFULL : QM_EIO, "standard output: %s",
                            strerror(errno));
    }
    return QM_OK;
}

bool qm_wants_color(void) {
    const char *none = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && !(none && *none);
}
