/* SPDX-License-Identifier: MIT
 *
 * status.h: how every function of QuantMatrix says whether it worked.
 *
 * A function that can fail returns qm_status; its result goes to an out parameter that is
 * untouched on failure. Where there is more to say than the status, the last parameter is a
 * caller-owned qm_error (NULL is allowed): message, and for data the file, row and column.
 * The X-macro is the one list: the enum, the short names (also the `code` of a Lua error),
 * the texts and the process exit codes all come from it.
 */
#ifndef QUANTMATRIX_STATUS_H
#define QUANTMATRIX_STATUS_H

#include <stdint.h>

/* X(constant, name, text, exit code of a command that ends with it) */
#define QM_STATUS_MAP(X)                                                                           \
    X(OK, "ok", "success", 0)                                                                      \
    X(ENO, "no", "the answer is no", 1)                                                            \
    X(EUSAGE, "usage", "wrong use of a command", 64)                                               \
    X(EINVAL, "invalid", "invalid argument", 64)                                                   \
    X(EDATA, "bad_data", "bad input data", 65)                                                     \
    X(EPARSE, "parse", "text that cannot be read as what it should be", 65)                        \
    X(ERANGE, "out_of_range", "value outside the allowed range", 65)                               \
    X(EOVERFLOW, "overflow", "number too large for an exact decimal", 65)                          \
    X(EINSUFFICIENT, "insufficient_data", "too few bars", 65)                                      \
    X(ELOTS, "insufficient_lots", "fewer open lots than the quantity to close", 65)                \
    X(ENOTFOUND, "not_found", "no such thing", 65)                                                 \
    X(EEXISTS, "exists", "exists already", 65)                                                     \
    X(ESCRIPT, "script", "error in a Lua script", 65)                                              \
    X(EVERSION, "version", "made by a newer version of QuantMatrix", 65)                           \
    X(EREFUSED, "refused", "refused by a rule", 1)                                                 \
    X(EUNAVAILABLE, "unavailable", "not available now", 69)                                        \
    X(EBUSY, "busy", "in use by another process", 69)                                              \
    X(EINTERNAL, "internal", "internal error", 70)                                                 \
    X(ESTATE, "state", "not allowed in this state", 70)                                            \
    X(ENOMEM, "no_memory", "out of memory", 70)                                                    \
    X(EIO, "io", "input or output failed", 74)                                                     \
    X(EFULL, "disk_full", "no space left on the device", 74)                                       \
    X(EPERM, "permission", "permission denied", 74)                                                \
    X(ECANCELLED, "cancelled", "cancelled", 1)                                                     \
    X(ECONFIG, "config", "error in the configuration", 78)

typedef enum qm_status {
#define X(constant, name, text, code) QM_##constant,
    QM_STATUS_MAP(X)
#undef X
        QM_STATUS_COUNT
} qm_status;

enum { QM_ERROR_FILE_MAX = 256, QM_ERROR_TEXT_MAX = 512 };

/* What went wrong and where. row and column count from 1; 0 means "not known". */
typedef struct qm_error {
    qm_status status;
    int64_t row;
    int32_t column;
    char file[QM_ERROR_FILE_MAX];
    char message[QM_ERROR_TEXT_MAX];
} qm_error;

/* The short name, e.g. "bad_data"; "unknown" for a value outside the enum. Static storage. */
const char *qm_status_name(qm_status status);

/* One phrase in English. Static storage. */
const char *qm_status_text(qm_status status);

/* The documented exit code of a command that ends with this status. */
int qm_status_exit_code(qm_status status);

/* Fills err (when not NULL) and returns status, so that `return qm_error_set(...)` reads well. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
qm_status
qm_error_set(qm_error *err, qm_status status, const char *format, ...);

/* The same with a place. file may be NULL; row and column 0 when unknown. */
#if defined(__GNUC__)
__attribute__((format(printf, 6, 7)))
#endif
qm_status
qm_error_at(qm_error *err, qm_status status, const char *file, int64_t row, int32_t column,
            const char *format, ...);

/* "file:row:column: message" into out (always terminated). Returns out. */
const char *qm_error_format(const qm_error *err, char *out, int out_size);

#endif
