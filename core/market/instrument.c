/* SPDX-License-Identifier: MIT */
#include "market/instrument.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"

#include <stdio.h>
#include <string.h>

struct qm_instruments {
    QM_VEC(qm_instrument *) items; /* [id - 1] */
    QM_VEC(qm_alias) aliases;
    qm_map first;          /* symbol -> index of its first alias */
    QM_VEC(uint32_t) next; /* of each alias: index + 1 of the next one of its symbol; 0: none */
};

/* Index of an alias of the symbol, at or behind which others follow through `next`; -1: none. */
static int64_t first_alias(const qm_instruments *reg, const char *symbol) {
    uint64_t index;
    return qm_map_get(&reg->first, symbol, &index) ? (int64_t)index : -1;
}

static int64_t next_alias(const qm_instruments *reg, int64_t index) {
    return (int64_t)reg->next.items[index] - 1;
}

static qm_status push_alias(qm_instruments *reg, const qm_alias *alias) {
    uint32_t none = 0, index = (uint32_t)reg->aliases.length;
    qm_status status = qm_vec_reserve(&reg->aliases, index + 1);
    if (status == QM_OK) {
        status = qm_vec_reserve(&reg->next, index + 1);
    }
    int64_t last = first_alias(reg, alias->symbol);
    if (status == QM_OK && last < 0) {
        status = qm_map_put(&reg->first, alias->symbol, index);
    }
    if (status != QM_OK) {
        return status;
    }
    for (int64_t i = last; i >= 0; i = next_alias(reg, i)) {
        last = i;
    }
    if (last >= 0) {
        reg->next.items[last] = index + 1;
    }
    status = qm_vec_push(&reg->next, &none);
    return status == QM_OK ? qm_vec_push(&reg->aliases, alias) : status;
}

qm_status qm_instruments_new(qm_instruments **out) {
    qm_instruments *reg = qm_calloc(1, sizeof *reg);
    if (!reg) {
        return QM_ENOMEM;
    }
    qm_map_init(&reg->first);
    *out = reg;
    return QM_OK;
}

void qm_instruments_free(qm_instruments *reg) {
    if (!reg) {
        return;
    }
    for (size_t i = 0; i < reg->items.length; i++) {
        qm_free(reg->items.items[i]);
    }
    qm_vec_fini(&reg->items);
    qm_vec_fini(&reg->aliases);
    qm_vec_fini(&reg->next);
    qm_map_fini(&reg->first);
    qm_free(reg);
}

bool qm_symbol_valid(const char *symbol) {
    static const char extra[] = ".-_/^= ";
    size_t length = strlen(symbol);
    if (length == 0 || length >= QM_SYMBOL_MAX || symbol[0] == ' ' || symbol[length - 1] == ' ') {
        return false;
    }
    for (const char *c = symbol; *c; c++) {
        bool alnum =
            (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9');
        if (!alnum && !strchr(extra, *c)) {
            return false;
        }
    }
    return true;
}

static bool overlap(const qm_alias *a, const qm_alias *b) {
    bool a_before = a->to != QM_DATE_NONE && b->from != QM_DATE_NONE && a->to < b->from;
    bool b_before = b->to != QM_DATE_NONE && a->from != QM_DATE_NONE && b->to < a->from;
    return !a_before && !b_before;
}

qm_status qm_instruments_add_alias(qm_instruments *reg, const qm_alias *alias) {
    if (!qm_symbol_valid(alias->symbol) || !qm_instruments_get(reg, alias->id)) {
        return QM_EINVAL;
    }
    for (int64_t i = first_alias(reg, alias->symbol); i >= 0; i = next_alias(reg, i)) {
        if (overlap(&reg->aliases.items[i], alias)) {
            return QM_EEXISTS;
        }
    }
    return push_alias(reg, alias);
}

/* Ids in between stay free (NULL) until they are added. */
static qm_status make_place(qm_instruments *reg, qm_instrument_id id) {
    while (reg->items.length < id) {
        qm_instrument *none = NULL;
        qm_status status = qm_vec_push(&reg->items, &none);
        if (status != QM_OK) {
            return status;
        }
    }
    return reg->items.items[id - 1] ? QM_EEXISTS : QM_OK;
}

qm_status qm_instruments_add(qm_instruments *reg, const qm_instrument *in, qm_instrument_id *out) {
    if (!qm_symbol_valid(in->symbol)) {
        return QM_EINVAL;
    }
    qm_alias alias = {.from = QM_DATE_NONE, .to = QM_DATE_NONE};
    memcpy(alias.symbol, in->symbol, sizeof alias.symbol);
    if (qm_instruments_find(reg, in->symbol, QM_DATE_NONE)) {
        return QM_EEXISTS;
    }
    size_t length = reg->items.length;
    qm_instrument_id id = in->id ? in->id : (qm_instrument_id)length + 1;
    qm_status status = make_place(reg, id);
    qm_instrument *copy = status == QM_OK ? qm_alloc(sizeof *copy) : NULL;
    if (status == QM_OK && !copy) {
        status = QM_ENOMEM;
    }
    if (status == QM_OK) {
        *copy = *in;
        copy->id = alias.id = id;
        reg->items.items[id - 1] = copy;
        status = push_alias(reg, &alias);
        if (status != QM_OK) {
            reg->items.items[id - 1] = NULL;
            qm_free(copy);
        }
    }
    if (status != QM_OK) {
        reg->items.length = length;
        return status;
    }
    *out = id;
    return QM_OK;
}

qm_status qm_instruments_intern(qm_instruments *reg, const char *symbol, qm_instrument_id *out) {
    const qm_instrument *known = qm_instruments_find(reg, symbol, QM_DATE_NONE);
    if (known) {
        *out = known->id;
        return QM_OK;
    }
    if (!qm_symbol_valid(symbol)) {
        return QM_EINVAL;
    }
    qm_instrument fresh = {.kind = QM_KIND_STOCK,
                           .venue = "XNYS",
                           .currency = "USD",
                           .tick = {QM_DECIMAL_SCALE / 100},
                           .multiplier = 1};
    snprintf(fresh.symbol, sizeof fresh.symbol, "%s", symbol);
    return qm_instruments_add(reg, &fresh, out);
}

/* QM_DATE_NONE stands for always (from) and still (to). */
static bool holds_on(const qm_alias *alias, qm_date date) {
    return (alias->from == QM_DATE_NONE || alias->from <= date) &&
           (alias->to == QM_DATE_NONE || date <= alias->to);
}

const qm_instrument *qm_instruments_find(const qm_instruments *reg, const char *symbol,
                                         qm_date date) {
    const qm_alias *best = NULL;
    for (int64_t i = first_alias(reg, symbol); i >= 0; i = next_alias(reg, i)) {
        const qm_alias *alias = &reg->aliases.items[i];
        if (date != QM_DATE_NONE) {
            if (holds_on(alias, date)) {
                return qm_instruments_get(reg, alias->id);
            }
        } else if (!best || alias->to == QM_DATE_NONE ||
                   (best->to != QM_DATE_NONE && alias->to > best->to)) {
            best = alias;
        }
    }
    return best ? qm_instruments_get(reg, best->id) : NULL;
}

qm_instrument *qm_instruments_edit(qm_instruments *reg, qm_instrument_id id) {
    return id >= 1 && id <= reg->items.length ? reg->items.items[id - 1] : NULL;
}

const qm_instrument *qm_instruments_get(const qm_instruments *reg, qm_instrument_id id) {
    return id >= 1 && id <= reg->items.length ? reg->items.items[id - 1] : NULL;
}

size_t qm_instruments_count(const qm_instruments *reg) {
    return reg->items.length;
}
