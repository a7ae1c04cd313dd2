/* SPDX-License-Identifier: MIT */
#include "app/ta_list.h"

#include "app/command.h"
#include "codec/json.h"
#include "quantmatrix/ta.h"

#include <string.h>

static void put_texts(const char *key, const char *const *texts, int count, qm_json_writer *w) {
    qm_json_key(w, key);
    qm_json_open_array(w);
    for (int i = 0; i < count; i++) {
        qm_json_string(w, texts[i]);
    }
    qm_json_close_array(w);
}

static void put_param(const qm_ta_param *p, qm_json_writer *w) {
    qm_json_open_object(w);
    qm_json_put_string(w, "name", p->name);
    qm_json_key(w, "default");
    if (p->choices) {
        qm_json_string(w, p->choices[(int)p->fallback]);
        put_texts("choices", p->choices, (int)p->max + 1, w);
    } else {
        qm_json_double(w, p->fallback);
        qm_json_put_double(w, "min", p->min);
        qm_json_put_double(w, "max", p->max);
        qm_json_put_bool(w, "whole", p->whole);
    }
    qm_json_put_string(w, "help", p->help);
    qm_json_close_object(w);
}

/* The columns of a bar that a row reads, or "series": one series, of the caller's choice. */
static void put_inputs(const qm_ta_info *info, qm_json_writer *w) {
    static const char letters[] = "ohlcvs";
    static const char *const names[] = {"open", "high", "low", "close", "volume", "session"};
    const char *inputs[QM_TA_X_COUNT] = {"series"};
    int count = 1;
    if (info->input == QM_TA_BARS) {
        for (count = 0; info->uses[count]; count++) {
            inputs[count] = names[strchr(letters, info->uses[count]) - letters];
        }
    }
    put_texts("inputs", inputs, count, w);
}

static void put_info(const qm_ta_info *info, qm_json_writer *w) {
    double params[QM_TA_PARAMS_MAX];
    qm_ta_defaults(info, params);
    qm_json_open_object(w);
    qm_json_put_string(w, "name", info->name);
    qm_json_put_string(w, "title", info->title);
    qm_json_put_string(w, "group", info->group);
    put_inputs(info, w);
    qm_json_key(w, "parameters");
    qm_json_open_array(w);
    for (int i = 0; i < info->param_count; i++) {
        put_param(&info->params[i], w);
    }
    qm_json_close_array(w);
    put_texts("outputs", info->outputs, info->output_count, w);
    qm_json_put_count(w, "warmup", info->warmup(params));
    qm_json_put_string(w, "talib", info->talib);
    qm_json_put_string(w, "source", info->source);
    qm_json_close_object(w);
}

qm_status qm_ta_list(bool json, qm_error *err) {
    qm_buf out;
    qm_json_writer w;
    qm_buf_init(&out, 1 << 20);
    qm_json_writer_init(&w, &out);
    if (json) {
        qm_json_open_array(&w);
    }
    for (size_t i = 0; qm_ta_at(i); i++) {
        if (json) {
            put_info(qm_ta_at(i), &w);
        } else {
            qm_buf_printf(&out, "%-18s %s\n", qm_ta_at(i)->name, qm_ta_at(i)->title);
        }
    }
    if (json) {
        qm_json_close_array(&w);
        qm_buf_putc(&out, '\n');
    }
    qm_status status = qm_print(&out, err);
    qm_buf_fini(&out);
    return status;
}
