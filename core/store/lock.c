/* SPDX-License-Identifier: MIT */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static int64_t read_pid(int fd) {
    char text[32] = "";
    ssize_t got = pread(fd, text, sizeof text - 1, 0);
    return got > 0 ? strtoll(text, NULL, 10) : 0;
}

qm_status qm_lock_take(const char *path, int *fd, qm_error *err) {
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        return qm_error_at(err, errno == EACCES || errno == EROFS ? QM_EPERM : QM_EIO, path, 0, 0,
                           "%s", strerror(errno));
    }
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        int64_t pid = read_pid(file);
        close(file);
        return qm_error_at(err, QM_EBUSY, path, 0, 0, "in use by process %lld", (long long)pid);
    }
    char text[32];
    int length = snprintf(text, sizeof text, "%lld\n", (long long)getpid());
    if (ftruncate(file, 0) != 0 || pwrite(file, text, (size_t)length, 0) != length) {
        int code = errno;
        close(file);
        return qm_error_at(err, code == ENOSPC ? QM_EFULL : QM_EIO, path, 0, 0, "%s",
                           strerror(code));
    }
    *fd = file;
    return QM_OK;
}

void qm_lock_release(int fd) {
    if (fd >= 0) {
        close(fd);
    }
}

int64_t qm_lock_owner(const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return 0;
    }
    int64_t pid = flock(file, LOCK_SH | LOCK_NB) == 0 ? 0 : read_pid(file);
    close(file);
    return pid;
}
