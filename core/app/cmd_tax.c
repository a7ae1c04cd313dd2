/* SPDX-License-Identifier: MIT
 *
 * Taxes: a year on paper, questions before a sale, why a row is as it is, and cases to replay.
 */
#include "app/taxbook.h"

#include <string.h>

static const struct {
    const char *name;
    qm_status (*run)(const qm_args *args, qm_error *err);
} PARTS[] = {
    {"report", qm_tax_cmd_report},   {"harvest", qm_tax_cmd_harvest},
    {"what-if", qm_tax_cmd_what_if}, {"methods", qm_tax_cmd_methods},
    {"explain", qm_tax_cmd_explain}, {"replay", qm_tax_cmd_replay},
};
enum { PART_COUNT = sizeof PARTS / sizeof PARTS[0] };

static qm_status run(const qm_args *args, qm_error *err) {
    const char *known[PART_COUNT + 1] = {0};
    char hint[96];
    for (size_t i = 0; i < PART_COUNT; i++) {
        known[i] = PARTS[i].name;
        if (strcmp(PARTS[i].name, args->values[0]) == 0) {
            return PARTS[i].run(args, err);
        }
    }
    return qm_error_set(err, QM_EUSAGE,
                        "tax: no \"%s\"%s: report, harvest, what-if, methods, "
                        "explain and replay are known",
                        args->values[0], qm_suggest(args->values[0], known, hint, sizeof hint));
}

static const char *const OPTIONS[] = {
    "json",    "csv",      "txf",    "case=",        "data=",       "view=", "date=",
    "method=", "account=", "price=", "carry-short=", "carry-long=", NULL};

const qm_command qm_command_tax = {
    "tax",
    "tax lots: reports, questions before a sale, cases",
    "usage: qm tax report YEAR [--view taxpayer|broker|off] [--csv | --json | --txf]\n"
    "       qm tax harvest [--account A] [--date D] [--json]\n"
    "       qm tax what-if sell QTY SYMBOL [--method M] [--account A] [--price P] [--json]\n"
    "       qm tax methods SYMBOL QTY [--account A] [--price P] [--json]\n"
    "       qm tax explain SALE\n"
    "       qm tax replay CASE.json --json [--case ID]\n"
    "       qm tax replay FOLDER|CASES.json [--case ID]\n\n"
    "  report     Form 8949 by box, Form 6781, Schedule D; --carry-short N --carry-long N: losses\n"
    "             from the year before\n"
    "  harvest    lots below their basis: what a sale could deduct, and what a wash sale would "
    "take\n"
    "  what-if    lots, gain by term, wash sales and tax of a sale, by a method\n"
    "  methods    the same by all methods, side by side\n"
    "  explain    which lots, rules and sources made the rows of a sale\n"
    "  replay     without --json each case is compared with what it expects: ends with 0 when all\n"
    "             pass, 1 when some fail, 65 when one can't be read\n\n"
    "  --data DIR    the folder of book.db    --date D   today, if not the last stored bar's\n"
    "  --price P     of one unit; else the last stored close\n\n"
    "Rates come from the configuration (tax.short_term, tax.long_term); without them no tax is\n"
    "worked out. Federal rules; no tax advice.\n",
    OPTIONS,
    1,
    4,
    run};
