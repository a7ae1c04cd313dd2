/* SPDX-License-Identifier: MIT
 *
 * Corporate actions: shown, and added by hand.
 */
#include "app/data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_action(const qm_desk *desk, const qm_action *a, qm_buf *out) {
    static const char *const names[] = {"split", "dividend", "delist", "rename"};
    char date[QM_DATE_BUF], pay[QM_DATE_BUF];
    qm_date_format(a->ex_date, date);
    qm_buf_printf(out, "%-8s  %s  %s", qm_instruments_get(desk->instruments, a->instrument)->symbol,
                  date, names[a->kind]);
    if (a->kind == QM_ACTION_SPLIT) {
        qm_buf_printf(out, "  %lld:%lld", (long long)a->num, (long long)a->den);
    } else if (a->kind == QM_ACTION_RENAME) {
        qm_buf_printf(out, "  %s", a->text);
    } else if (a->cash.raw != 0) {
        qm_buf_puts(out, "  ");
        qm_buf_put_decimal(out, a->cash);
    }
    if (a->kind == QM_ACTION_DIVIDEND && a->pay_date != QM_DATE_NONE) {
        qm_date_format(a->pay_date, pay);
        qm_buf_printf(out, "  paid %s", pay);
    }
    qm_buf_putc(out, '\n');
}

static qm_status show_of(qm_desk *desk, qm_instrument_id id, qm_buf *out, qm_error *err) {
    qm_action_vec actions = {0};
    qm_status status = qm_market_db_load_actions(desk->market, id, &actions, err);
    for (size_t i = 0; status == QM_OK && i < actions.length; i++) {
        put_action(desk, &actions.items[i], out);
    }
    qm_vec_fini(&actions);
    return status;
}

static qm_status show(const qm_args *args, qm_error *err) {
    qm_desk desk = {0};
    qm_buf out;
    qm_instrument_id one = 0;
    qm_buf_init(&out, 1 << 26);
    qm_status status = qm_data_open(&desk, args, QM_DB_READ, err);
    if (status == QM_OK && args->count > 1) {
        status = qm_data_find(&desk, args->values[1], &one, err);
    }
    size_t count = status == QM_OK ? qm_instruments_count(desk.instruments) : 0;
    for (size_t i = 1; status == QM_OK && i <= count; i++) {
        if ((one == 0 || one == i) && qm_instruments_get(desk.instruments, (qm_instrument_id)i)) {
            status = show_of(&desk, (qm_instrument_id)i, &out, err);
        }
    }
    if (status == QM_OK) {
        status = qm_print(&out, err);
    }
    qm_buf_fini(&out);
    qm_desk_fini(&desk);
    return status;
}

static qm_status read_ratio(const char *text, qm_action *out, qm_error *err) {
    char *end, *last = NULL;
    out->num = strtoll(text, &end, 10);
    out->den = *end == ':' ? strtoll(end + 1, &last, 10) : 0;
    if (out->num < 1 || out->den < 1 || out->num > 1000000 || out->den > 1000000 || *last != 0) {
        return qm_error_set(err, QM_EUSAGE, "split \"%s\": use new:old, as in 4:1", text);
    }
    return QM_OK;
}

static qm_status read_cash(const char *text, qm_action *out, qm_error *err) {
    if (qm_decimal_parse(text, strlen(text), &out->cash) != QM_OK || out->cash.raw <= 0) {
        return qm_error_set(err, QM_EUSAGE, "\"%s\" is no amount above 0", text);
    }
    return QM_OK;
}

static qm_status read_day(const char *text, qm_date *out, qm_error *err) {
    if (qm_date_parse(text, strlen(text), out) != QM_OK) {
        return qm_error_set(err, QM_EUSAGE, "\"%s\" is no date (2007-01-03)", text);
    }
    return QM_OK;
}

/* actions add SYMBOL KIND DATE [VALUE [PAID]] */
static qm_status read_action(const qm_args *args, qm_action *out, qm_error *err) {
    static const char *const kinds[] = {"split", "dividend", "delist", NULL};
    static const int least[] = {6, 6, 5}, most[] = {6, 7, 6};
    int kind = 0;
    *out = (qm_action){.pay_date = QM_DATE_NONE, .num = 1, .den = 1};
    if (args->count < 5) {
        return qm_error_set(err, QM_EUSAGE,
                            "data actions add: use SYMBOL split|dividend|delist DATE [VALUE]");
    }
    while (kinds[kind] && strcmp(kinds[kind], args->values[3]) != 0) {
        kind++;
    }
    if (!kinds[kind]) {
        char hint[96];
        return qm_error_set(err, QM_EUSAGE, "data actions add: no kind \"%s\"%s", args->values[3],
                            qm_suggest(args->values[3], kinds, hint, sizeof hint));
    }
    if (args->count < least[kind] || args->count > most[kind]) {
        return qm_error_set(err, QM_EUSAGE, "data actions add: %s takes DATE%s", kinds[kind],
                            kind == 0   ? " NEW:OLD"
                            : kind == 1 ? " AMOUNT [DATE_PAID]"
                                        : " [PRICE]");
    }
    out->kind = (qm_action_kind)kind;
    qm_status status = read_day(args->values[4], &out->ex_date, err);
    if (status == QM_OK && args->count > 5) {
        status = kind == 0 ? read_ratio(args->values[5], out, err)
                           : read_cash(args->values[5], out, err);
    }
    if (status == QM_OK && args->count > 6) {
        status = read_day(args->values[6], &out->pay_date, err);
    }
    return status;
}

static qm_status add(const qm_args *args, qm_error *err) {
    qm_desk desk = {0};
    qm_action action;
    bool known = false;
    qm_buf out;
    qm_status status = read_action(args, &action, err);
    if (status != QM_OK) {
        return status;
    }
    qm_buf_init(&out, 4096);
    status = qm_data_open(&desk, args, QM_DB_WRITE, err);
    if (status == QM_OK) {
        status = qm_data_find(&desk, args->values[2], &action.instrument, err);
    }
    if (status == QM_OK) {
        status = qm_market_db_begin(desk.market, err);
    }
    if (status == QM_OK) {
        status = qm_market_db_put_action(desk.market, &action, &known, err);
        if (status == QM_OK) {
            status = qm_market_db_commit(desk.market, err);
        }
        if (status != QM_OK) {
            qm_market_db_rollback(desk.market);
        }
    }
    if (status == QM_OK) {
        put_action(&desk, &action, &out);
        qm_buf_puts(&out, known ? "known already: nothing changed\n" : "added\n");
        status = qm_print(&out, err);
    }
    qm_buf_fini(&out);
    qm_desk_fini(&desk);
    return status;
}

qm_status qm_data_actions(const qm_args *args, qm_error *err) {
    if (args->count > 1 && strcmp(args->values[1], "add") == 0) {
        return add(args, err);
    }
    if (args->count > 2) {
        return qm_error_set(err, QM_EUSAGE, "data actions: unexpected argument \"%s\"",
                            args->values[2]);
    }
    return show(args, err);
}
