/* SPDX-License-Identifier: MIT
 *
 * What strategies had to say: ctx:notify, the newest last.
 */
#include "app/decisions.h"
#include "base/tz.h"
#include "codec/json.h"

#include <stdio.h>
#include <string.h>

typedef struct inbox {
    qm_buf *out;
    qm_json_writer *writer; /* NULL: lines for people */
    size_t count;
} inbox;

static void put_line(qm_buf *out, qm_time time, const char *source, const qm_json *root) {
    char day[QM_DATE_BUF], title[256], text[2048];
    qm_local local = qm_tz_to_local(qm_tz_new_york(), time);
    int minutes = (int)(local.ns / QM_MINUTE_NS);
    qm_date_format(local.date, day);
    qm_decision_text(root, "title", title, sizeof title);
    qm_decision_text(root, "text", text, sizeof text);
    qm_buf_printf(out, "%s %02d:%02d  %s  %s%s%s\n", day, minutes / 60, minutes % 60, source, title,
                  title[0] && text[0] ? ": " : "", text);
}

static int take(void *data, const char *source, const qm_decision_row *row) {
    inbox *in = data;
    qm_json *root = NULL;
    in->count++;
    if (in->writer) {
        qm_json_open_object(in->writer);
        qm_json_put_time(in->writer, "time", row->time);
        qm_json_put_string(in->writer, "source", source);
        qm_json_put_string(in->writer, "symbol", row->symbol[0] ? row->symbol : NULL);
        qm_json_key(in->writer, "notice");
        qm_json_raw(in->writer, row->json, row->length);
        qm_json_close_object(in->writer);
    } else if (qm_json_parse(row->json, row->length, &root, NULL) == QM_OK) {
        put_line(in->out, row->time, source, root);
        qm_json_free(root);
    }
    return 0;
}

static qm_status run(const qm_args *args, qm_error *err) {
    qm_decision_query query = {.kind = "notify", .to = QM_TIME_MAX};
    qm_json_writer w;
    qm_buf out;
    qm_buf_init(&out, 1 << 28);
    qm_json_writer_init(&w, &out);
    inbox in = {&out, qm_args_has(args, "json") ? &w : NULL, 0};
    qm_status status = qm_decisions_since(args, &query.from, err);
    if (in.writer) {
        qm_json_open_array(&w);
    }
    if (status == QM_OK) {
        status = qm_decisions_each(args, &query, take, &in, err);
    }
    if (in.writer) {
        qm_json_close_array(&w);
        qm_buf_putc(&out, '\n');
    } else if (in.count == 0) {
        qm_buf_puts(&out, "no messages\n");
    }
    if (status == QM_OK) {
        status = qm_print(&out, err);
    }
    qm_buf_fini(&out);
    return status;
}

static const char *const OPTIONS[] = {"data=", "since=", "json", NULL};

const qm_command qm_command_inbox = {"inbox",
                                     "what strategies had to say (ctx:notify)",
                                     "usage: qm inbox [--since DATE] [--data DIR] [--json]\n\n"
                                     "Messages of the daemon's strategies and of the newest "
                                     "backtest of each, the newest last; times\n"
                                     "are New York's.\n",
                                     OPTIONS,
                                     0,
                                     0,
                                     run};
