/* SPDX-License-Identifier: MIT
 *
 * One option from the command line; files are in option_file.c.
 */
#include "app/option.h"
#include "codec/csv.h"

#include <math.h>
#include <string.h>
#include <strings.h>

const char *const qm_option_field_names[] = {"spot", "strike", "days",  "rate",     "div",
                                             "vol",  "price",  "right", "american", NULL};

double *qm_option_number(qm_option_case *c, qm_option_field field) {
    double *const places[QM_FIELD_NUMBERS] = {&c->option.spot, &c->option.strike, &c->option.days,
                                              &c->option.rate, &c->option.div,    &c->option.vol,
                                              &c->price};
    return places[field];
}

bool qm_option_needs(const qm_option_task *task, qm_option_field field) {
    return field != QM_FIELD_AMERICAN && field != (task->implied ? QM_FIELD_VOL : QM_FIELD_PRICE);
}

qm_status qm_option_answer_one(const qm_option_task *task, const qm_option_case *c,
                               qm_option_answer *out, qm_error *err) {
    if (!task->implied) {
        return qm_option_price(&c->option, out->values, err);
    }
    qm_status status = qm_option_implied(&c->option, c->price, out->values, err);
    if (status == QM_ENO) {
        out->values[0] = NAN;
        return QM_OK;
    }
    return status;
}

static qm_status read_right(const char *text, qm_right *out, qm_error *err) {
    bool call = strcasecmp(text, "call") == 0;
    if (!call && strcasecmp(text, "put") != 0) {
        return qm_error_set(err, QM_EUSAGE, "option: --right is \"%s\", must be call or put", text);
    }
    *out = call ? QM_CALL : QM_PUT;
    return QM_OK;
}

static qm_status read_case(const qm_args *args, const qm_option_task *task, qm_option_case *out,
                           qm_error *err) {
    qm_status status = QM_OK;
    *out = (qm_option_case){.option.american = task->american};
    for (int f = 0; status == QM_OK && f < QM_FIELD_AMERICAN; f++) {
        const char *name = qm_option_field_names[f], *text = qm_args_get(args, name, NULL);
        if (!text && qm_option_needs(task, (qm_option_field)f)) {
            const char *hint = f == QM_FIELD_DIV ? " (0: no dividends)" : "";
            status = qm_error_set(err, QM_EUSAGE, "option: --%s is missing%s", name, hint);
        } else if (text && !qm_option_needs(task, (qm_option_field)f)) {
            status =
                qm_error_set(err, QM_EUSAGE, "option: %s takes no --%s", args->values[0], name);
        } else if (text && f == QM_FIELD_RIGHT) {
            status = read_right(text, &out->option.right, err);
        } else if (text && !qm_cell_double((qm_cell){text, strlen(text)},
                                           qm_option_number(out, (qm_option_field)f))) {
            status = qm_error_set(err, QM_EUSAGE, "option: --%s is \"%s\": no number", name, text);
        }
    }
    return status;
}

void qm_option_put_json(const qm_option_task *task, qm_option_case *c,
                        const qm_option_answer *answer, qm_json_writer *w) {
    qm_json_open_object(w);
    for (int f = 0; f < QM_FIELD_NUMBERS; f++) {
        if (qm_option_needs(task, (qm_option_field)f)) {
            qm_json_put_double(w, qm_option_field_names[f],
                               *qm_option_number(c, (qm_option_field)f));
        }
    }
    qm_json_put_string(w, "right", c->option.right == QM_CALL ? "call" : "put");
    qm_json_put_bool(w, "american", c->option.american);
    if (task->implied) {
        qm_json_put_double(w, "iv", answer->values[0]);
        qm_json_put_string(w, "status", isnan(answer->values[0]) ? "no_solution" : "ok");
    }
    for (int k = 0; !task->implied && k < task->outputs; k++) {
        qm_json_key(w, qm_option_output_name((qm_option_output)k));
        qm_json_double(w, answer->values[k]);
    }
    qm_json_close_object(w);
}

static void put_text(const qm_option_task *task, const qm_option_answer *answer, qm_buf *out) {
    if (task->implied) {
        bool none = isnan(answer->values[0]);
        qm_buf_printf(out, "%-13s  %s\n", "status", none ? "no solution" : "ok");
        if (!none) {
            qm_buf_printf(out, "%-13s  %.10g\n", "iv", answer->values[0]);
        }
    }
    for (int k = 0; !task->implied && k < task->outputs; k++) {
        const char *name = qm_option_output_name((qm_option_output)k);
        if (isfinite(answer->values[k])) {
            qm_buf_printf(out, "%-13s  %.10g\n", name, answer->values[k]);
        } else {
            qm_buf_printf(out, "%-13s  n/a\n", name);
        }
    }
}

static qm_status run_one(const qm_args *args, const qm_option_task *task, qm_error *err) {
    qm_option_case c;
    qm_option_answer answer;
    qm_status status = read_case(args, task, &c, err);
    if (status == QM_OK) {
        status = qm_option_answer_one(task, &c, &answer, err);
    }
    if (status != QM_OK) {
        return status == QM_ERANGE ? QM_EUSAGE : status;
    }
    qm_buf out;
    qm_buf_init(&out, 1 << 16);
    if (task->json) {
        qm_json_writer w;
        qm_json_writer_init(&w, &out);
        qm_option_put_json(task, &c, &answer, &w);
        qm_buf_putc(&out, '\n');
    } else {
        put_text(task, &answer, &out);
    }
    status = qm_print(&out, err);
    qm_buf_fini(&out);
    return status;
}

/* With a file, no field is given on the command line. */
static qm_status check_alone(const qm_args *args, qm_error *err) {
    for (int f = 0; f < QM_FIELD_AMERICAN; f++) {
        if (qm_args_has(args, qm_option_field_names[f])) {
            return qm_error_set(err, QM_EUSAGE, "option: --%s and --file exclude each other",
                                qm_option_field_names[f]);
        }
    }
    return QM_OK;
}

static qm_status run(const qm_args *args, qm_error *err) {
    static const char *const known[] = {"price", "iv", NULL};
    const char *action = args->values[0], *file = qm_args_get(args, "file", NULL);
    bool second = qm_args_has(args, "second-order");
    qm_option_task task = {.implied = strcmp(action, "iv") == 0,
                           .json = qm_args_has(args, "json"),
                           .american = qm_args_has(args, "american"),
                           .outputs = second ? QM_OPTION_OUTPUT_COUNT : QM_OPTION_FIRST_ORDER};
    if (!task.implied && strcmp(action, "price") != 0) {
        char hint[96];
        return qm_error_set(err, QM_EUSAGE, "option: no \"%s\"%s: price and iv are known", action,
                            qm_suggest(action, known, hint, sizeof hint));
    }
    if (task.implied && second) {
        return qm_error_set(err, QM_EUSAGE, "option: iv takes no --second-order");
    }
    if (!file) {
        return run_one(args, &task, err);
    }
    qm_status status = check_alone(args, err);
    return status == QM_OK ? qm_option_run_file(&task, file, err) : status;
}

static const char *const OPTIONS[] = {"spot=", "strike=", "days=",  "rate=",    "div=",
                                      "vol=",  "price=",  "right=", "american", "second-order",
                                      "file=", "json",    NULL};

const qm_command qm_command_option = {
    "option",
    "prices, greeks and implied volatility of options",
    "usage: qm option price --spot S --strike K --days D --rate R --div Q --vol V\n"
    "                       --right call|put [--american] [--second-order] [--json]\n"
    "       qm option iv    --spot S --strike K --days D --rate R --div Q --price P\n"
    "                       --right call|put [--american] [--json]\n"
    "       qm option price|iv --file FILE.csv [--american] [--second-order] [--json]\n\n"
    "  --days          calendar days to the expiry, also fractions; a year has 365\n"
    "  --rate, --div   continuous, a year: 0.05 is 5%; the dividend yield may be 0\n"
    "  --vol           a year: 0.2 is 20%\n"
    "  --american      may be exercised early\n"
    "  --second-order  vanna, charm and volga too (European)\n"
    "  --file FILE     columns spot, strike, days, rate, div, right, vol (price) or price (iv), "
    "and\n"
    "                  american (true, false), in any order; - is standard input\n\n"
    "vega and rho are per 1.00, theta per calendar day. A file is printed as CSV with its columns\n"
    "and price,delta,gamma,vega,theta_per_day,rho or iv,status (ok, no_solution), 17 significant\n"
    "digits, a value that is not finite left empty; columns that it had by these names make way. "
    "A\n"
    "bad row prints nothing and ends with 65.\n",
    OPTIONS,
    1,
    1,
    run};
