/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* In front of each block; keeps the alignment of malloc. */
typedef union header {
    size_t size;
    max_align_t align;
} header;

static atomic_uint_fast64_t live_bytes, live_blocks, peak_bytes, allocations, fail_from;

static int must_fail(void) {
    uint64_t n = atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed) + 1;
    uint64_t limit = atomic_load_explicit(&fail_from, memory_order_relaxed);
    return limit != 0 && n >= limit;
}

static void count(size_t size) {
    uint64_t now = atomic_fetch_add_explicit(&live_bytes, size, memory_order_relaxed) + size;
    uint64_t peak = atomic_load_explicit(&peak_bytes, memory_order_relaxed);
    while (now > peak && !atomic_compare_exchange_weak_explicit(
                             &peak_bytes, &peak, now, memory_order_relaxed, memory_order_relaxed)) {
    }
}

enum { HUGE_PAGE = 2 << 20, LARGE = 2 * HUGE_PAGE };

/* Columns of millions of bars are written once from front to back: with huge pages that costs a
 * fault for 2 MB instead of one for 4 KB, as long as they begin where a huge page does. */
static void *large(size_t size) {
    void *block;
    if (posix_memalign(&block, HUGE_PAGE, size) != 0) {
        return NULL;
    }
    madvise(block, size, MADV_HUGEPAGE); /* a wish: nothing depends on it */
    return block;
}

static void *fresh(size_t size, int zero) {
    if (must_fail() || size > SIZE_MAX - sizeof(header)) {
        return NULL;
    }
    size_t whole = sizeof(header) + size;
    header *block = zero ? calloc(1, whole) : size >= LARGE ? large(whole) : malloc(whole);
    if (!block) {
        return NULL;
    }
    block->size = size;
    count(size);
    atomic_fetch_add_explicit(&live_blocks, 1, memory_order_relaxed);
    return block + 1;
}

void *qm_alloc(size_t size) {
    return fresh(size, 0);
}

void *qm_calloc(size_t n, size_t size) {
    if (size && n > SIZE_MAX / size) {
        return NULL;
    }
    return fresh(n * size, 1);
}

void *qm_realloc(void *ptr, size_t size) {
    if (!ptr) {
        return fresh(size, 0);
    }
    if (must_fail() || size > SIZE_MAX - sizeof(header)) {
        return NULL;
    }
    header *block = (header *)ptr - 1;
    size_t old = block->size;
    block = realloc(block, sizeof(header) + size);
    if (!block) {
        return NULL;
    }
    block->size = size;
    atomic_fetch_sub_explicit(&live_bytes, old, memory_order_relaxed);
    count(size);
    return block + 1;
}

void *qm_reallocarray(void *ptr, size_t n, size_t size) {
    if (size && n > SIZE_MAX / size) {
        return NULL;
    }
    return qm_realloc(ptr, n * size);
}

void qm_free(void *ptr) {
    if (!ptr) {
        return;
    }
    header *block = (header *)ptr - 1;
    atomic_fetch_sub_explicit(&live_bytes, block->size, memory_order_relaxed);
    atomic_fetch_sub_explicit(&live_blocks, 1, memory_order_relaxed);
    free(block);
}

char *qm_strndup(const char *text, size_t length) {
    char *copy = qm_alloc(length + 1);
    if (copy) {
        memcpy(copy, text, length);
        copy[length] = 0;
    }
    return copy;
}

char *qm_strdup(const char *text) {
    return qm_strndup(text, strlen(text));
}

qm_mem_stats qm_mem_get_stats(void) {
    return (qm_mem_stats){
        .live_bytes = atomic_load(&live_bytes),
        .live_blocks = atomic_load(&live_blocks),
        .peak_bytes = atomic_load(&peak_bytes),
        .allocations = atomic_load(&allocations),
    };
}

void qm_mem_fail_from(uint64_t n) {
    atomic_store(&fail_from, n ? atomic_load(&allocations) + n : 0);
}

int qm_mem_fault_struck(void) {
    uint64_t limit = atomic_load(&fail_from);
    return limit != 0 && atomic_load(&allocations) >= limit;
}
