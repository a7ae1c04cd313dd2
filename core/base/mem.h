/* SPDX-License-Identifier: MIT
 *
 * mem.h: the one door to memory.
 *
 * Every allocation of the product goes through here, so that tests can count bytes, find leaks
 * and make the n-th allocation fail. Blocks carry their size in a small header. Thread-safe:
 * counters are atomic. A NULL result means out of memory (or an injected fault): the caller
 * returns QM_ENOMEM.
 */
#ifndef QM_BASE_MEM_H
#define QM_BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

typedef struct qm_mem_stats {
    uint64_t live_bytes;
    uint64_t live_blocks;
    uint64_t peak_bytes;
    uint64_t allocations; /* since the start, also failed ones */
} qm_mem_stats;

/* Blocks are aligned for any type. A size of 0 gives a valid unique block. Free with qm_free. */
void *qm_alloc(size_t size);
/* Zeroed, count x size checked for overflow. */
void *qm_calloc(size_t count, size_t size);
/* Keeps the old block when it fails. ptr may be NULL. */
void *qm_realloc(void *ptr, size_t size);
/* count x size checked for overflow. */
void *qm_reallocarray(void *ptr, size_t count, size_t size);
/* NULL is allowed. */
void qm_free(void *ptr);
char *qm_strdup(const char *text);
char *qm_strndup(const char *text, size_t length);

qm_mem_stats qm_mem_get_stats(void);
/* The n-th allocation from now (1 = the next) fails, and all after it; 0 turns it off. Tests. */
void qm_mem_fail_from(uint64_t n);
/* Whether an injected fault has struck since qm_mem_fail_from. */
int qm_mem_fault_struck(void);

#endif
