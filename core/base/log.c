/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 8192 };

static qm_log_config config = {.level = QM_LOG_INFO};

static const char *const LEVELS[] = {"debug", "info", "warn", "error"};

void qm_log_configure(const qm_log_config *wanted) {
    config = *wanted;
}

qm_log_level qm_log_get_level(void) {
    return config.level;
}

static void put_json_text(qm_buf *out, const char *text) {
    qm_buf_putc(out, '"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            qm_buf_printf(out, "\\%c", c);
        } else if (c < 0x20) {
            qm_buf_printf(out, "\\u%04x", c);
        } else {
            qm_buf_putc(out, (char)c);
        }
    }
    qm_buf_putc(out, '"');
}

static void put_json(qm_buf *out, qm_log_level level, const char *source, const char *text) {
    qm_buf_putc(out, '{');
    if (config.now) {
        char time[QM_TIME_BUF];
        qm_time_format(config.now(config.data), time);
        qm_buf_printf(out, "\"time\":\"%s\",", time);
    }
    qm_buf_printf(out, "\"level\":\"%s\",\"source\":", LEVELS[level]);
    put_json_text(out, source);
    qm_buf_puts(out, ",\"text\":");
    put_json_text(out, text);
    qm_buf_puts(out, "}\n");
}

/* One entry is one line: control characters of the text become blanks. */
static void put_text(qm_buf *out, qm_log_level level, const char *source, char *text) {
    for (char *at = text; *at; at++) {
        *at = (unsigned char)*at < 0x20 ? ' ' : *at;
    }
    if (config.now) {
        char time[QM_TIME_BUF];
        qm_time_format(config.now(config.data), time);
        qm_buf_printf(out, "%s ", time);
    }
    qm_buf_printf(out, "%-5s %s: %s\n", LEVELS[level], source, text);
}

void qm_log(qm_log_level level, const char *source, const char *format, ...) {
    if (level < config.level) {
        return;
    }
    char text[LINE_MAX_BYTES / 2];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    qm_buf line;
    qm_buf_init(&line, 4 * LINE_MAX_BYTES);
    if (config.format == QM_LOG_JSON) {
        put_json(&line, level, source, text);
    } else {
        put_text(&line, level, source, text);
    }
    if (line.status == QM_OK) {
        if (config.write) {
            config.write(config.data, line.data, line.length);
        } else {
            fwrite(line.data, 1, line.length, stderr);
        }
    }
    qm_buf_fini(&line);
}
