/* SPDX-License-Identifier: MIT */
#include "app/run_setup.h"

#include "app/budget.h"
#include "app/settings.h"
#include "base/log.h"

#include <string.h>

static qm_log_level log_level(void) {
    static const char *const names[] = {"debug", "info", "warn", "error"};
    const char *level = qm_setting("log.level");
    for (int i = 0; level && i < 4; i++) {
        if (strcmp(names[i], level) == 0) {
            return (qm_log_level)i;
        }
    }
    return QM_LOG_INFO;
}

qm_status qm_run_log(const qm_args *args, qm_time (*now)(void *data), void *data, qm_error *err) {
    const char *format = qm_setting("log.format");
    format = qm_args_get(args, "log", format ? format : "text");
    bool json = strcmp(format, "json") == 0;
    if (!json && strcmp(format, "text") != 0) {
        return qm_error_set(err, QM_EUSAGE, "--log \"%s\": use text or json", format);
    }
    qm_log_configure(&(qm_log_config){.level = log_level(),
                                      .format = json ? QM_LOG_JSON : QM_LOG_TEXT,
                                      .now = now,
                                      .data = data});
    return QM_OK;
}

/* --account: a kind, or the name of an account of the configuration; options win over its values.
 */
static qm_status read_account(const qm_args *args, qm_sleeve_config *out, qm_error *err) {
    const char *account = qm_args_get(args, "account", "margin");
    const char *kind = qm_setting_of("accounts", account, "kind");
    const char *cash = qm_setting_of("accounts", account, "cash");
    const char *type = qm_setting_of("accounts", account, "type");
    const char *fractional = qm_setting_of("accounts", account, "fractional");
    const char *broker = qm_setting_of("accounts", account, "broker");
    if (!qm_account_kind_parse(kind ? kind : account, &out->account)) {
        return qm_error_set(err, QM_EUSAGE,
                            "--account \"%s\": use cash, margin, unlimited or an account of the "
                            "configuration with its kind",
                            account);
    }
    if (broker && strcmp(broker, "paper") != 0) {
        return qm_error_set(err, QM_EUNAVAILABLE, "account %s: no connection to %s yet", account,
                            broker);
    }
    out->broker = "paper";
    out->account_name = kind ? account : "main";
    const char *method = qm_setting_of("accounts", account, "method");
    out->method = method ? qm_tax_method_from(method) : QM_TAX_FIFO;
    out->account_type = qm_args_get(args, "account-type", type ? type : "taxable");
    out->fractional =
        qm_args_has(args, "fractional") || (fractional && strcmp(fractional, "true") == 0);
    cash = qm_args_get(args, "cash", cash ? cash : "100000");
    if (qm_decimal_parse(cash, strlen(cash), &out->cash) != QM_OK || out->cash.raw < 0) {
        return qm_error_set(err, QM_EUSAGE, "--cash \"%s\" is no amount", cash);
    }
    return QM_OK;
}

qm_status qm_run_settings(const qm_args *args, qm_sim_config *sim, qm_risk_limits *limits,
                          qm_error *err) {
    const char *commission = qm_setting("commission"), *slippage = qm_setting("slippage");
    const char *order = qm_setting("limits.max_order_notional");
    const char *position = qm_setting("limits.max_position_notional");
    qm_status status = qm_desk_models(args, sim, err);
    if (status == QM_OK && commission && !qm_args_has(args, "commission")) {
        status = qm_commission_parse(commission, &sim->commission, err);
    }
    if (status == QM_OK && slippage && !qm_args_has(args, "slippage")) {
        status = qm_slippage_parse(slippage, &sim->slippage, err);
    }
    if (status == QM_OK && order) {
        status = qm_decimal_parse(order, strlen(order), &limits->max_order_notional);
    }
    if (status == QM_OK && position) {
        status = qm_decimal_parse(position, strlen(position), &limits->max_position_notional);
    }
    return status;
}

qm_status qm_run_load(qm_crew *crew, const qm_args *args, qm_error *err) {
    qm_status status = qm_budget_use(&crew->budget, err);
    for (int i = 0; status == QM_OK && i < args->count; i++) {
        qm_crew_request r = {.what = args->values[i]};
        const char *set;
        status = read_account(args, &r.sleeve, err);
        if (status != QM_OK) {
            return status;
        }
        while (r.set_count < QM_PHRASE_SETS && (set = qm_args_nth(args, "set", r.set_count))) {
            r.sets[r.set_count++] = set;
        }
        if (qm_args_nth(args, "set", r.set_count)) {
            return qm_error_set(err, QM_EUSAGE, "run: more than %d --set", QM_PHRASE_SETS);
        }
        status = qm_crew_load(crew, &r, err);
    }
    return status;
}
