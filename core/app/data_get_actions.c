/* SPDX-License-Identifier: MIT
 *
 * Splits and dividends of one symbol, as events beside the raw prices.
 */
#include "app/data_get.h"

static qm_status get_actions(get_fetch *f, const qm_provider_events *from, const char *what,
                             qm_error *err) {
    qm_provider_values v = {
        .symbol = f->at.symbol, .timeframe = f->run->tf_word, .from = f->at.from, .to = f->at.to};
    qm_http_response answer = {0};
    qm_error trouble = {0};
    if (!from->url) {
        return QM_OK;
    }
    qm_buf_clear(&f->shown);
    qm_buf_clear(&f->url);
    qm_provider_expand(&f->run->provider, from->url, &v, true, &f->shown);
    v.key = f->run->key;
    qm_provider_expand(&f->run->provider, from->url, &v, true, &f->url);
    get_request request = {f->at.symbol, what, f->url.data, f->shown.data};
    qm_status status = qm_get_answer(f->run, &request, &answer, err);
    if (status == QM_OK) {
        status = qm_actions_read(answer.body.data ? answer.body.data : "", answer.body.length,
                                 &from->options, &f->actions, &trouble);
        if (status != QM_OK) {
            qm_get_failed(f->run, &request, status, &trouble, err);
        }
    }
    qm_http_response_fini(&answer);
    return status;
}

static bool same_action(const qm_action *a, const qm_action *b) {
    return a->num == b->num && a->den == b->den && a->cash.raw == b->cash.raw &&
           a->pay_date == b->pay_date;
}

/* One that is stored with other values is an error, as for bars. */
static qm_status check_known(const get_fetch *f, const qm_action_vec *known, const qm_action *a,
                             qm_error *err) {
    char day[QM_DATE_BUF];
    for (size_t i = 0; i < known->length; i++) {
        const qm_action *k = &known->items[i];
        if (k->kind == a->kind && k->ex_date == a->ex_date && !same_action(k, a) &&
            !f->run->replace) {
            char old[QM_DECIMAL_BUF], new[QM_DECIMAL_BUF];
            qm_date_format(a->ex_date, day);
            if (a->kind == QM_ACTION_SPLIT) {
                return qm_error_set(err, QM_EEXISTS,
                                    "%s: a split is stored as %lld:%lld, the provider has "
                                    "%lld:%lld",
                                    day, (long long)k->num, (long long)k->den, (long long)a->num,
                                    (long long)a->den);
            }
            qm_decimal_format(k->cash, old);
            qm_decimal_format(a->cash, new);
            return qm_error_set(err, QM_EEXISTS,
                                "%s: a dividend is stored as %s, the provider has %s%s", day, old,
                                new, k->cash.raw == a->cash.raw ? ", paid on another day" : "");
        }
    }
    return QM_OK;
}

/* What is announced for later may still change: it comes once its day has. */
qm_status qm_get_put_actions(get_fetch *f, qm_instrument_id id, qm_error *err) {
    qm_action_vec known = {0};
    qm_date last = f->at.to < f->run->today ? f->at.to : f->run->today;
    qm_status status = qm_market_db_load_actions(f->run->desk.market, id, &known, err);
    for (size_t i = 0; status == QM_OK && i < f->actions.length; i++) {
        qm_action action = f->actions.items[i];
        bool was_known = false;
        if (action.ex_date > last) {
            continue;
        }
        action.instrument = id;
        status = check_known(f, &known, &action, err);
        if (status == QM_OK) {
            status = qm_market_db_put_action(f->run->desk.market, &action, &was_known, err);
        }
        f->result->splits += !was_known && action.kind == QM_ACTION_SPLIT;
        f->result->dividends += !was_known && action.kind == QM_ACTION_DIVIDEND;
    }
    qm_vec_fini(&known);
    return status;
}

qm_status qm_get_actions(get_fetch *f, qm_error *err) {
    qm_status status = get_actions(f, &f->run->provider.splits, "splits", err);
    return status == QM_OK ? get_actions(f, &f->run->provider.dividends, "dividends", err) : status;
}
