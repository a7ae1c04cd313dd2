/* SPDX-License-Identifier: MIT
 *
 * Statements of brokers: read, replayed through the tax engine and held against their own totals.
 * All files are read first, so that one may begin where another ends, in any order.
 */
#include "app/command.h"
#include "app/import_view.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

enum { OUTPUT_MAX = 1 << 30 };

typedef struct job {
    import_file *files;
    size_t count;
    qm_history history;
} job;

static qm_status read_files(job *j, qm_error *err) {
    for (size_t i = 0; i < j->count; i++) {
        import_file *f = &j->files[i];
        qm_error own = {0};
        qm_status status = qm_statement_read(f->path, &f->statement, &own);
        if (status == QM_ENOMEM) {
            *err = own;
            return status;
        }
        if (status != QM_OK) {
            qm_error_format(&own, f->error, sizeof f->error);
            continue;
        }
        f->known = qm_calloc(f->statement->facts.length + 1, sizeof *f->known);
        if (!f->known ||
            qm_history_add(&j->history, f->statement, (uint32_t)i, f->known) != QM_OK) {
            return qm_error_set(err, QM_ENOMEM, "out of memory");
        }
    }
    return qm_history_sort(&j->history);
}

/* ---- the same days twice ---- */

static void days_of(const qm_statement *st, const char *account, qm_date *from, qm_date *to) {
    *from = *to = QM_DATE_NONE;
    for (size_t i = 0; i < st->facts.length; i++) {
        const qm_fact *f = &st->facts.items[i];
        if (strcmp(f->account, account) == 0) {
            *from = *from == QM_DATE_NONE || f->date < *from ? f->date : *from;
            *to = *to == QM_DATE_NONE || f->date > *to ? f->date : *to;
        }
    }
}

static bool overlap(const qm_statement *a, const qm_statement *b) {
    bool brokers = (a->format == QM_STATEMENT_TASTYTRADE) == (b->format == QM_STATEMENT_TASTYTRADE);
    if (!brokers || (a->format == b->format && a->by_order == b->by_order)) {
        return false; /* equal facts have equal ids */
    }
    for (size_t i = 0; i < a->accounts.length; i++) {
        qm_date from[2], to[2];
        days_of(a, a->accounts.items[i].name, &from[0], &to[0]);
        days_of(b, a->accounts.items[i].name, &from[1], &to[1]);
        if (from[0] != QM_DATE_NONE && from[1] != QM_DATE_NONE && from[0] <= to[1] &&
            from[1] <= to[0]) {
            return true;
        }
    }
    return false;
}

static void find_overlaps(job *j) {
    for (size_t i = 0; i < j->count; i++) {
        for (size_t k = 0; k < i && j->files[i].statement; k++) {
            if (j->files[k].statement && overlap(j->files[i].statement, j->files[k].statement)) {
                j->files[i].overlaps = j->files[k].path;
            }
        }
    }
}

/* ---- each file ---- */

static void drop_accounts(import_file *f) {
    for (size_t k = 0; f->accounts && k < f->statement->accounts.length; k++) {
        qm_reconcile_fini(&f->accounts[k]);
    }
    qm_free(f->accounts);
    f->accounts = NULL;
}

static qm_status reconcile(job *j, import_file *f, qm_error *err) {
    size_t accounts = f->statement->accounts.length;
    qm_status status = qm_booking_run(&j->history, f->statement, &f->booking, err);
    if (status != QM_OK) {
        return status;
    }
    f->accounts = qm_calloc(accounts + 1, sizeof *f->accounts);
    if (!f->accounts) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    qm_reconcile_input in = {&j->history, f->statement, f->booking, f->known};
    for (size_t k = 0; k < accounts && status == QM_OK; k++) {
        status = qm_reconcile_account(&in, &f->statement->accounts.items[k], &f->accounts[k]);
    }
    return status == QM_OK ? status
                           : qm_error_set(err, status, "%s: %s", f->path, qm_status_text(status));
}

/* What is in sections that are not known can't be missing where the cash agrees. */
static bool has_cash(const qm_reconcile *r) {
    for (size_t i = 0; i < r->lines.length; i++) {
        if (strcmp(r->lines.items[i].item, "cash") == 0) {
            return true;
        }
    }
    return false;
}

static qm_status answer(const job *j, qm_error *err) {
    size_t unread = 0, open = 0;
    for (size_t i = 0; i < j->count; i++) {
        const import_file *f = &j->files[i];
        bool good = f->accounts && f->statement->rejects.length == 0 && !f->overlaps;
        for (size_t k = 0; f->accounts && k < f->statement->accounts.length; k++) {
            good = good && f->accounts[k].reconciled &&
                   (f->statement->unknown.length == 0 || has_cash(&f->accounts[k]));
        }
        unread += !f->accounts;
        open += f->accounts && !good;
    }
    if (unread) {
        return qm_error_set(err, QM_EDATA, "%zu of %zu files can't be read", unread, j->count);
    }
    if (open) {
        return qm_error_set(err, QM_ENO, "%zu of %zu files do not reconcile", open, j->count);
    }
    return QM_OK;
}

static void job_fini(job *j) {
    for (size_t i = 0; i < j->count; i++) {
        import_file *f = &j->files[i];
        drop_accounts(f);
        qm_booking_free(f->booking);
        qm_free(f->known);
        qm_statement_free(f->statement);
    }
    qm_history_fini(&j->history);
    qm_free(j->files);
}

static qm_status import_all(job *j, bool json, qm_error *err) {
    qm_buf out;
    qm_status status = read_files(j, err);
    find_overlaps(j);
    for (size_t i = 0; i < j->count && status == QM_OK; i++) {
        import_file *f = &j->files[i];
        status = f->statement ? reconcile(j, f, err) : QM_OK;
        if (status == QM_EOVERFLOW) { /* of this file; the others go on */
            qm_error_format(err, f->error, sizeof f->error);
            drop_accounts(f);
            status = QM_OK;
        }
    }
    if (status != QM_OK) {
        return status;
    }
    qm_buf_init(&out, OUTPUT_MAX);
    if (json) {
        import_write_json(j->files, j->count, &out);
        status = out.status;
    } else {
        status = import_write_text(j->files, j->count, &out);
    }
    status = status == QM_OK ? qm_print(&out, err) : status;
    qm_buf_fini(&out);
    return status == QM_OK ? answer(j, err) : status;
}

static qm_status run(const qm_args *args, qm_error *err) {
    job j = {.count = (size_t)args->count};
    if (!qm_args_has(args, "dry-run")) {
        return qm_error_set(err, QM_EUNAVAILABLE,
                            "statements are not stored yet: --dry-run reads and reconciles them");
    }
    j.files = qm_calloc(j.count, sizeof *j.files);
    if (!j.files) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < j.count; i++) {
        j.files[i].path = args->values[i];
    }
    qm_status status = import_all(&j, qm_args_has(args, "json"), err);
    job_fini(&j);
    return status;
}

static const char *const OPTIONS[] = {"dry-run", "json", NULL};

const qm_command qm_command_import = {
    "import",
    "read statements of brokers and hold them against their own totals",
    "usage: qm import FILE... --dry-run [--json]\n\n"
    "  --dry-run   read, replay and reconcile; nothing is stored (storing is not there yet)\n"
    "  --json      the whole result, for programs\n\n"
    "Reads activity statements of IBKR (CSV), Flex queries of IBKR (XML, CSV) and transactions of\n"
    "tastytrade (CSV). Files may overlap: a row that an earlier file had is known and counts "
    "once.\n"
    "Lots that were opened before the files begin are listed as missing and never made up.\n"
    "Ends with 0 when all reconcile, 1 when something differs, is missing or was rejected, 65 "
    "when\n"
    "a file can't be read (the others are read all the same). No tax advice.\n",
    OPTIONS,
    1,
    -1,
    run};
