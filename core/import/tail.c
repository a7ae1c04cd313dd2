/* SPDX-License-Identifier: MIT */
#include "import/tail.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_MAX = 1 << 30, HEADER_MAX = 1 << 16, MARK = 64, FAULTS_MAX = 1 << 16 };

struct qm_tail {
    char *path, *tz;
    qm_ohlcv_options options;
    int fd; /* -1: not there yet */
    ino_t inode;
    off_t offset;    /* behind the last complete line that was read */
    int64_t row;     /* of that line */
    char mark[MARK]; /* the bytes before offset: they show a file that was rewritten */
    size_t mark_length;
    qm_buf header, text; /* first line; header and the lines at hand */
};

qm_status qm_tail_new(const char *path, const qm_ohlcv_options *options, qm_tail **out) {
    qm_tail *t = qm_calloc(1, sizeof *t);
    if (!t) {
        return QM_ENOMEM;
    }
    t->fd = -1;
    t->options = *options;
    t->path = qm_strdup(path);
    t->tz = options->tz ? qm_strdup(options->tz) : NULL;
    t->options.tz = t->tz;
    t->options.progress = NULL;
    qm_buf_init(&t->header, HEADER_MAX);
    qm_buf_init(&t->text, TEXT_MAX);
    if (!t->path || (options->tz && !t->tz)) {
        qm_tail_free(t);
        return QM_ENOMEM;
    }
    *out = t;
    return QM_OK;
}

void qm_tail_free(qm_tail *t) {
    if (t) {
        if (t->fd >= 0) {
            close(t->fd);
        }
        qm_buf_fini(&t->header);
        qm_buf_fini(&t->text);
        qm_free(t->path);
        qm_free(t->tz);
        qm_free(t);
    }
}

static void start_again(qm_tail *t) {
    t->offset = 0;
    t->row = 0;
    t->mark_length = 0;
    qm_buf_clear(&t->header);
}

/* Whether the bytes before the offset are still those that were read. */
static bool is_the_same(const qm_tail *t) {
    char now[MARK];
    ssize_t n = pread(t->fd, now, t->mark_length, t->offset - (off_t)t->mark_length);
    return n == (ssize_t)t->mark_length && memcmp(now, t->mark, t->mark_length) == 0;
}

/* Opens the file that has the name now. */
static qm_status follow(qm_tail *t, bool *again, qm_error *err) {
    struct stat named, open_one;
    if (stat(t->path, &named) != 0) {
        return errno == ENOENT ? QM_OK
                               : qm_error_at(err, QM_EIO, t->path, 0, 0, "%s", strerror(errno));
    }
    bool other = t->fd >= 0 && named.st_ino != t->inode;
    if (t->fd < 0 || other) {
        int fd = open(t->path, O_RDONLY | O_CLOEXEC);
        if (fd < 0 || fstat(fd, &open_one) != 0) {
            return qm_error_at(err, QM_EIO, t->path, 0, 0, "%s", strerror(errno));
        }
        if (t->fd >= 0) {
            close(t->fd);
        }
        t->fd = fd;
        t->inode = open_one.st_ino;
    }
    if (other || (t->offset > 0 && !is_the_same(t))) {
        *again = true;
        start_again(t);
    }
    return QM_OK;
}

/* Bytes from the offset to the end, behind the header. */
static qm_status read_rest(qm_tail *t, qm_error *err) {
    qm_buf_clear(&t->text);
    qm_buf_append(&t->text, t->header.data, t->header.length);
    off_t at = t->offset;
    for (;;) {
        enum { PART = 1 << 16 };
        if (qm_buf_reserve(&t->text, PART) != QM_OK) {
            return qm_error_at(err, t->text.status, t->path, 0, 0, "%s",
                               qm_status_text(t->text.status));
        }
        ssize_t n = pread(t->fd, t->text.data + t->text.length, PART, at);
        if (n < 0 && errno != EINTR) {
            return qm_error_at(err, QM_EIO, t->path, 0, 0, "%s", strerror(errno));
        }
        if (n == 0) {
            return QM_OK;
        }
        if (n > 0) {
            t->text.length += (size_t)n;
            at += n;
        }
    }
}

static int64_t newlines(const char *text, size_t length) {
    int64_t n = 0;
    for (size_t i = 0; i < length; i++) {
        n += text[i] == '\n';
    }
    return n;
}

/* Moves past what has been read and remembers its end. */
static void advance(qm_tail *t, const char *text, size_t length) {
    t->mark_length = length < MARK ? length : MARK;
    memcpy(t->mark, text + length - t->mark_length, t->mark_length);
    t->offset += (off_t)length;
    t->row += newlines(text, length);
}

static qm_status push_all(qm_bars *out, const qm_bars *from) {
    qm_status status = QM_OK;
    for (size_t i = 0; status == QM_OK && i < from->n; i++) {
        qm_bar bar;
        qm_bars_get(from, i, &bar);
        if (out->n == 0 || bar.time > out->time[out->n - 1]) {
            status = qm_bars_push(out, &bar);
        }
    }
    return status;
}

/* Each line alone: what is no bar is named, the others are kept. */
static qm_status line_by_line(qm_tail *t, size_t end, qm_bars *out, qm_tail_news *news) {
    qm_status status = QM_OK;
    qm_buf one;
    int64_t row = t->row;
    qm_buf_init(&one, TEXT_MAX);
    for (size_t at = t->header.length; status == QM_OK && at < end;) {
        const char *line = t->text.data + at;
        size_t length = (size_t)((const char *)memchr(line, '\n', end - at) - line) + 1;
        qm_ohlcv bar;
        qm_error err = {0};
        row++;
        at += length;
        qm_buf_clear(&one);
        qm_buf_append(&one, t->header.data, t->header.length);
        qm_buf_append(&one, line, length);
        bool blank = line[0] == '\n' || (line[0] == '\r' && length == 2);
        qm_status fate =
            blank ? QM_OK
                  : qm_ohlcv_read_text(t->path, one.data, one.length, &t->options, &bar, &err);
        if (fate == QM_OK && !blank && out->n > 0 && bar.bars.time[0] <= out->time[out->n - 1]) {
            fate = qm_error_at(&err, QM_EDATA, t->path, row, 0, "not after the bar before it");
        }
        if (fate != QM_OK) {
            char text[QM_ERROR_TEXT_MAX + QM_ERROR_FILE_MAX + 32];
            err.row = row;
            news->refused++;
            qm_buf_printf(&news->faults, "%s\n", qm_error_format(&err, text, sizeof text));
        } else if (!blank) {
            status = push_all(out, &bar.bars);
        }
        if (!blank) {
            qm_ohlcv_fini(&bar);
        }
    }
    qm_buf_fini(&one);
    return status;
}

/* The first line of the file, once it is complete. */
static bool take_header(qm_tail *t) {
    const char *end = t->text.length ? memchr(t->text.data, '\n', t->text.length) : NULL;
    if (!end) {
        return false;
    }
    size_t length = (size_t)(end - t->text.data) + 1;
    qm_buf_append(&t->header, t->text.data, length);
    advance(t, t->text.data, length);
    return t->header.status == QM_OK;
}

qm_status qm_tail_read(qm_tail *t, qm_bars *out, qm_tail_news *news, qm_error *err) {
    *news = (qm_tail_news){0};
    qm_buf_init(&news->faults, FAULTS_MAX);
    qm_status status = follow(t, &news->again, err);
    if (status == QM_OK && t->fd >= 0) {
        status = read_rest(t, err);
    }
    if (status != QM_OK || t->fd < 0 || (t->header.length == 0 && !take_header(t))) {
        return status;
    }
    size_t begin = t->header.length, end = t->text.length;
    while (end > begin && t->text.data[end - 1] != '\n') {
        end--; /* the line that is being written */
    }
    if (end == begin) {
        return QM_OK;
    }
    qm_ohlcv file;
    qm_error fault = {0};
    status = qm_ohlcv_read_text(t->path, t->text.data, end, &t->options, &file, &fault);
    bool header_is_bad = status != QM_OK && fault.row == 1;
    if (!header_is_bad) {
        status = status == QM_OK ? push_all(out, &file.bars) : line_by_line(t, end, out, news);
    }
    qm_ohlcv_fini(&file);
    if (header_is_bad) {
        start_again(t); /* until the file is another one */
        return err ? (*err = fault, status) : status;
    }
    if (status != QM_OK) {
        return qm_error_set(err, status, "%s", qm_status_text(status));
    }
    advance(t, t->text.data + begin, end - begin);
    return QM_OK;
}
