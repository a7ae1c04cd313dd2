/* SPDX-License-Identifier: MIT
 *
 * Why the rows of a sale are as they are: lots, dates, rules and where they stand.
 */
#include "app/taxbook.h"
#include "report/report.h"

#include <stdio.h>
#include <string.h>

enum { OUTPUT_MAX = 1 << 24, CELL = 48 };

static const char *const METHOD_WHY[QM_TAX_METHOD_COUNT] = {
    [QM_TAX_FIFO] = "the earliest acquired first (26 CFR 1.1012-1(c)(1))",
    [QM_TAX_LIFO] = "the latest acquired first, a standing instruction",
    [QM_TAX_HIFO] = "the smallest gain per unit first, a standing instruction",
    [QM_TAX_LOFO] = "the largest gain per unit first, a standing instruction",
    [QM_TAX_HC_LT] = "long-term first, then the smallest gain per unit",
    [QM_TAX_HC_ST] = "short-term first, then the smallest gain per unit",
    [QM_TAX_LC_LT] = "long-term first, then the largest gain per unit",
    [QM_TAX_LC_ST] = "short-term first, then the largest gain per unit",
    [QM_TAX_MINTAX] = "losses before gains, short-term losses and long-term gains first",
    [QM_TAX_MINTAX_RATE] = "the least tax per unit at the configured rates first",
    [QM_TAX_MLG] = "the broker's maximum long-term gain",
    [QM_TAX_MLL] = "the broker's maximum long-term loss",
    [QM_TAX_MSG] = "the broker's maximum short-term gain",
    [QM_TAX_MSL] = "the broker's maximum short-term loss",
    [QM_TAX_AVERAGE] = "average basis; dates leave first in, first out (26 CFR 1.1012-1(e))",
};

static void put_money(qm_buf *out, const char *what, qm_decimal value, const char *why) {
    char text[CELL];
    qm_buf_printf(out, "  %-12s %14s  %s\n", what, qm_cell_money(value, text), why);
}

static void put_term(const qm_tax_row *r, qm_buf *out) {
    char a[CELL], b[CELL];
    qm_buf_printf(out, "  %-12s %14s  ", "term", qm_cell_term(r->term));
    if (r->is_short) {
        qm_buf_puts(out, "a short sale: by the property delivered (IRC 1233)\n");
    } else if (r->holding == QM_DATE_NONE) {
        qm_buf_puts(out, "the day of acquisition is not known\n");
    } else {
        qm_buf_printf(out, "held from %s, long-term from %s (Rev. Rul. 66-7)%s\n",
                      qm_cell_date(r->holding, a),
                      qm_cell_date(qm_tax_first_long_term(r->holding), b),
                      r->holding != r->acquired ? "; with the period of what it replaced" : "");
    }
}

static void put_wash(const qm_tax_row *r, qm_buf *out) {
    if (r->disallowed.raw == 0) {
        if (r->gain.raw < 0 && r->kind == QM_TAX_CAPITAL) {
            qm_buf_puts(out, "  no purchase within 30 days took the loss (IRC 1091)\n");
        }
        return;
    }
    put_money(out, "deferred", r->disallowed,
              "a wash sale: replaced within 30 days (IRC 1091(a)); into the replacement's basis");
    if (r->permanent.raw) {
        put_money(
            out, "lost", r->permanent,
            "of it: replaced in a deferred account, no basis gets it back (Rev. Rul. 2008-5)");
    }
}

static void put_row(const qm_tax_row *r, qm_buf *out) {
    static const char *const kinds[] = {"Form 8949", "a deferred account: on no form",
                                        "section 1256: 60/40 on Form 6781",
                                        "foreign cash: ordinary (section 988)"};
    char qty[QM_DECIMAL_BUF], a[CELL], b[CELL];
    qm_decimal_format(r->qty, qty);
    qm_buf_printf(out, "\n%s %s of lot %s, acquired %s, %s %s (%s)\n", qty, r->symbol, r->lot,
                  r->acquired == QM_DATE_NONE ? "on a day that is not known"
                                              : qm_cell_date(r->acquired, a),
                  r->is_short ? "covered" : "sold", qm_cell_date(r->sold, b), kinds[r->kind]);
    put_money(out, "proceeds", r->proceeds, "its share of the sale by units, fees taken off");
    if (r->no_basis) {
        qm_buf_puts(out, "  the basis is not known: no gain is worked out\n");
    } else {
        put_money(out, "basis", r->basis, "its share of the lot by units, fees in");
        put_wash(r, out);
        put_money(out, "gain", r->gain, "proceeds - basis + deferred");
    }
    put_term(r, out);
    if (r->version > 1) {
        qm_buf_printf(out, "  amended %u times by later purchases\n", r->version - 1);
    }
}

qm_status qm_tax_cmd_explain(const qm_args *args, qm_error *err) {
    qm_taxbook book;
    const qm_tax_row *rows;
    qm_buf out;
    size_t found = 0;
    if (args->count != 2) {
        return qm_error_set(err, QM_EUSAGE, "tax explain: name one sale, as the reports do");
    }
    qm_status status = qm_taxbook_open(args, &book, err);
    if (status != QM_OK) {
        return status;
    }
    qm_buf_init(&out, OUTPUT_MAX);
    size_t n = qm_tax_rows(book.tax, &rows);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(rows[i].sale, args->values[1]) != 0) {
            continue;
        }
        if (found++ == 0) {
            qm_tax_method method = qm_taxbook_account_method(&book, rows[i].account);
            qm_buf_printf(&out, "Sale %s in account %s, lots by %s: %s\n", rows[i].sale,
                          rows[i].account, qm_tax_method_name(method), METHOD_WHY[method]);
        }
        put_row(&rows[i], &out);
    }
    if (!found) {
        status =
            qm_error_set(err, QM_ENOTFOUND, "no rows of a sale %s: qm tax report YEAR names them",
                         args->values[1]);
    }
    status = status == QM_OK ? qm_print(&out, err) : status;
    qm_buf_fini(&out);
    qm_taxbook_close(&book);
    return status;
}
