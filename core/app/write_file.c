/* SPDX-License-Identifier: MIT */
#include "app/write_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static qm_status failed(const char *path, int code, qm_error *err) {
    qm_status status = code == ENOSPC || code == EDQUOT                   ? QM_EFULL
                       : code == EEXIST                                   ? QM_EEXISTS
                       : code == EACCES || code == EPERM || code == EROFS ? QM_EPERM
                                                                          : QM_EIO;
    return qm_error_at(err, status, path, 0, 0, "%s", strerror(code));
}

qm_status qm_make_folder_of(const char *path, qm_error *err) {
    char part[4200];
    snprintf(part, sizeof part, "%s", path);
    for (char *at = strchr(part + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = 0;
        if (mkdir(part, 0700) != 0 && errno != EEXIST) {
            return failed(part, errno, err);
        }
        *at = '/';
    }
    return QM_OK;
}

qm_status qm_make_folder(const char *folder, qm_error *err) {
    char inside[4200];
    snprintf(inside, sizeof inside, "%s/", folder);
    return qm_make_folder_of(inside, err);
}

/* The text in a file of its own beside the path; returns 0 or errno. */
static int write_beside(const char *beside, const qm_buf *text) {
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return errno;
    }
    int code = 0;
    for (size_t done = 0; code == 0 && done < text->length;) {
        ssize_t n = write(fd, text->data + done, text->length - done);
        if (n < 0 && errno != EINTR) {
            code = errno;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    if (code == 0 && fsync(fd) != 0) {
        code = errno;
    }
    if (close(fd) != 0 && code == 0) {
        code = errno;
    }
    return code;
}

static qm_status put(const char *path, const qm_buf *text, bool over, qm_error *err) {
    char beside[4300];
    snprintf(beside, sizeof beside, "%s.%ld.tmp", path, (long)getpid());
    if (text->status != QM_OK) {
        return qm_error_at(err, text->status, path, 0, 0, "%s", qm_status_text(text->status));
    }
    int code = write_beside(beside, text);
    if (code == 0 && (over ? rename(beside, path) : link(beside, path)) != 0) {
        code = errno;
    }
    unlink(beside);
    return code == 0 ? QM_OK : failed(path, code, err);
}

qm_status qm_write_new(const char *path, const qm_buf *text, qm_error *err) {
    return put(path, text, false, err);
}

qm_status qm_write_over(const char *path, const qm_buf *text, qm_error *err) {
    return put(path, text, true, err);
}
