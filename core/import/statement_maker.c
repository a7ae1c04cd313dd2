/* SPDX-License-Identifier: MIT
 *
 * Filling a statement: its texts, its facts and their identities.
 */
#include "import/statement_internal.h"

#include "base/hash.h"

#include <stdio.h>
#include <string.h>

/* An identity has at most 14 parts; a longer part is in it as its hash. */
enum {
    BYTES_A_FACT = 100,
    BLOCK = 1 << 16,
    KEY_MAX = 128,
    PART_MAX = 160,
    ID_MAX = 14 * (PART_MAX + 1) + 32
};

typedef struct block {
    struct block *next;
    size_t used, size;
    char data[];
} block;

struct qm_statement_text {
    block *blocks;
    qm_map known;
};

void qm_texts_free(struct qm_statement_text *t) {
    if (!t) {
        return;
    }
    for (block *b = t->blocks, *next; b; b = next) {
        next = b->next;
        qm_free(b);
    }
    qm_map_fini(&t->known);
    qm_free(t);
}

static char *room(maker *m, size_t size) {
    struct qm_statement_text *t = m->st->text;
    if (!t) {
        t = m->st->text = qm_calloc(1, sizeof *t);
        if (!t) {
            m->status = QM_ENOMEM;
            return NULL;
        }
        qm_map_init(&t->known);
    }
    if (!t->blocks || t->blocks->size - t->blocks->used < size) {
        size_t of = size > BLOCK ? size : BLOCK;
        block *b = qm_alloc(sizeof *b + of);
        if (!b) {
            m->status = QM_ENOMEM;
            return NULL;
        }
        *b = (block){t->blocks, 0, of};
        t->blocks = b;
    }
    char *at = t->blocks->data + t->blocks->used;
    t->blocks->used += size;
    return at;
}

const char *qm_maker_copy(maker *m, qm_cell cell) {
    if (cell.length == 0) {
        return "";
    }
    char *out = room(m, cell.length + 1);
    if (!out) {
        return "";
    }
    memcpy(out, cell.text, cell.length);
    out[cell.length] = 0;
    return out;
}

static const char *known_text(maker *m, qm_cell cell) {
    char key[KEY_MAX];
    uint64_t value;
    memcpy(key, cell.text, cell.length);
    key[cell.length] = 0;
    if (m->st->text && qm_map_get(&m->st->text->known, key, &value)) {
        return (const char *)(uintptr_t)value;
    }
    const char *out = qm_maker_copy(m, cell);
    if (*out && qm_map_put(&m->st->text->known, key, (uint64_t)(uintptr_t)out) != QM_OK) {
        m->status = QM_ENOMEM;
    }
    return out;
}

const char *qm_maker_text(maker *m, qm_cell cell) {
    cell = qm_cell_trim(cell);
    if (cell.length == 0 || cell.length >= KEY_MAX) {
        return qm_maker_copy(m, cell);
    }
    const unsigned char *t = (const unsigned char *)cell.text;
    size_t slot =
        (cell.length * 131u + t[0] * 31u + t[cell.length / 2] * 7u + t[cell.length - 1] * 17u) %
        MEMO_SIZE;
    qm_cell *memo = &m->memo[slot];
    if (memo->length != cell.length || memcmp(memo->text, cell.text, cell.length) != 0) {
        *memo = (qm_cell){known_text(m, cell), cell.length};
        memo->length = *memo->text ? cell.length : 0;
    }
    return memo->length ? memo->text : "";
}

#define PUSH(m, vec, item)                                                                         \
    do {                                                                                           \
        if (qm_vec_push((vec), (item)) != QM_OK) {                                                 \
            (m)->status = QM_ENOMEM;                                                               \
        }                                                                                          \
    } while (0)

void qm_maker_reject(maker *m, qm_cell value, const char *reason) {
    qm_statement_reject r = {m->row, qm_maker_copy(m, value), reason};
    PUSH(m, &m->st->rejects, &r);
}

void qm_maker_lot(maker *m, const qm_fact_lot *lot) {
    if (m->st->facts.length == 0) {
        return;
    }
    qm_fact *f = &m->st->facts.items[m->st->facts.length - 1];
    f->lots = f->lot_count ? f->lots : (uint32_t)m->st->lots.length;
    f->lot_count++;
    qm_fact_lot made = *lot;
    made.row = m->row;
    made.ref = made.ref ? made.ref : "";
    PUSH(m, &m->st->lots, &made);
}

void qm_maker_total(maker *m, const qm_statement_total *total) {
    qm_statement_total t = *total;
    const char **const texts[] = {&t.account, &t.symbol, &t.conid, &t.currency, &t.label};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i] = *texts[i] ? *texts[i] : "";
    }
    t.row = m->row;
    PUSH(m, &m->st->totals, &t);
}

void qm_maker_unknown(maker *m, qm_cell section) {
    const char *name = qm_maker_text(m, section);
    for (size_t i = 0; i < m->st->unknown.length; i++) {
        if (strcmp(m->st->unknown.items[i].name, name) == 0) {
            m->st->unknown.items[i].rows++;
            return;
        }
    }
    qm_statement_section s = {name, m->row, 1};
    PUSH(m, &m->st->unknown, &s);
}

qm_statement_account *qm_maker_account(maker *m, const char *name) {
    for (size_t i = 0; i < m->st->accounts.length; i++) {
        if (strcmp(m->st->accounts.items[i].name, name) == 0) {
            return &m->st->accounts.items[i];
        }
    }
    qm_statement_account a = {.name = qm_maker_text(m, qm_cell_of(name)),
                              .type = "",
                              .base_currency = "",
                              .from = QM_DATE_NONE,
                              .to = QM_DATE_NONE};
    PUSH(m, &m->st->accounts, &a);
    return m->status == QM_OK ? &m->st->accounts.items[m->st->accounts.length - 1] : NULL;
}

/* ---- facts ---- */

qm_fact qm_fact_blank(void) {
    return (qm_fact){
        .date = QM_DATE_NONE, .settle = QM_DATE_NONE, .expiry = QM_DATE_NONE, .ns = -1};
}

typedef struct id_text {
    size_t length;
    char text[ID_MAX];
} id_text;

static void put(id_text *id, const char *text) {
    size_t n = strlen(text);
    char hash[32];
    if (n > PART_MAX) {
        n = (size_t)snprintf(hash, sizeof hash, "~%016llx", (unsigned long long)qm_fnv1a(text, n));
        text = hash;
    }
    memcpy(id->text + id->length, text, n);
    id->length += n;
    id->text[id->length++] = '|';
}

static void put_number(id_text *id, qm_decimal value) {
    char text[QM_DECIMAL_BUF];
    qm_decimal_format(value, text);
    put(id, text);
}

static void put_when(id_text *id, const qm_fact *f) {
    char text[QM_DATE_BUF];
    size_t n = qm_date_format(f->date, text);
    text[n] = 0;
    put(id, text);
    if (f->ns >= 0) {
        put_number(id, (qm_decimal){f->ns / QM_SECOND_NS * QM_DECIMAL_SCALE});
    }
}

/* With an id of the broker: that. Without: everything that makes a row what it is, and not what a
 * later statement may print differently (codes, realised gains). */
static void make_id(id_text *id, const qm_fact *f, bool with_fee) {
    id->length = 0;
    put(id, f->account);
    if (*f->ref) {
        put(id, qm_fact_name(f->kind));
        put(id, f->ref);
        return;
    }
    put(id, f->kind == QM_FACT_TRADE ? "" : qm_fact_name(f->kind));
    put_when(id, f);
    put(id, qm_asset_name(f->asset));
    put(id, f->currency);
    put(id, f->symbol);
    put_number(id, f->quantity);
    put_number(id, f->price);
    put_number(id, f->amount);
    if (with_fee) {
        put_number(id, f->fee);
    }
    if (f->kind != QM_FACT_TRADE) {
        put(id, f->text);
    }
}

static bool grow_slots(maker *m, size_t count) {
    id_slot *slots = qm_calloc(count, sizeof *slots);
    if (!slots) {
        m->status = QM_ENOMEM;
        return false;
    }
    for (size_t i = 0; i < m->slot_count; i++) {
        size_t at = m->slots[i].hash & (count - 1);
        while (m->slots[i].times && slots[at].times) {
            at = (at + 1) & (count - 1);
        }
        if (m->slots[i].times) {
            slots[at] = m->slots[i];
        }
    }
    qm_free(m->slots);
    m->slots = slots;
    m->slot_count = count;
    return true;
}

void qm_maker_begin(maker *m, size_t length) {
    size_t rows = length / BYTES_A_FACT, count = 64;
    while (count < rows + rows / 2) {
        count *= 2;
    }
    if (!grow_slots(m, count) || qm_vec_reserve(&m->st->facts, rows + 16) != QM_OK) {
        m->status = QM_ENOMEM;
    }
}

void qm_maker_fini(maker *m) {
    qm_free(m->slots);
}

/* The slot of an identity, free when it is new; NULL: out of memory. */
static id_slot *find_slot(maker *m, const id_text *id) {
    if (2 * m->slots_used >= m->slot_count && !grow_slots(m, 2 * m->slot_count)) {
        return NULL;
    }
    uint64_t hash = qm_fnv1a(id->text, id->length);
    size_t at = hash & (m->slot_count - 1);
    while (m->slots[at].times &&
           (m->slots[at].hash != hash ||
            strcmp(m->st->facts.items[m->slots[at].fact].id, id->text) != 0)) {
        at = (at + 1) & (m->slot_count - 1);
    }
    m->slots[at].hash = hash;
    return &m->slots[at];
}

static bool same_figures(const qm_fact *a, const qm_fact *b) {
    return a->date == b->date && a->quantity.raw == b->quantity.raw &&
           a->amount.raw == b->amount.raw && a->fee.raw == b->fee.raw;
}

/* false: the fact is not taken. */
static bool name_fact(maker *m, qm_fact *f) {
    id_text id;
    /* Newer exports of tastytrade print the fees of the same row rounded. */
    make_id(&id, f, m->st->format != QM_STATEMENT_TASTYTRADE);
    id.text[--id.length] = 0; /* the last bar */
    id_slot *slot = find_slot(m, &id);
    if (!slot) {
        return false;
    }
    if (*f->ref && slot->times) {
        if (!same_figures(&m->st->facts.items[slot->fact], f)) {
            qm_maker_reject(m, qm_cell_of(f->ref), "an id that came before with other figures");
        }
        return false;
    }
    if (slot->times++ == 0) {
        slot->fact = (uint32_t)m->st->facts.length;
        m->slots_used++;
    } else {
        id.length += (size_t)snprintf(id.text + id.length, 24, "#%lu", (unsigned long)slot->times);
    }
    f->id = qm_maker_copy(m, (qm_cell){id.text, id.length});
    return true;
}

bool qm_maker_fact(maker *m, qm_fact *fact) {
    const char **const texts[] = {&fact->account,  &fact->symbol,       &fact->conid, &fact->isin,
                                  &fact->currency, &fact->fee_currency, &fact->codes, &fact->text,
                                  &fact->group,    &fact->underlying,   &fact->ref,   &fact->order};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i] = *texts[i] ? *texts[i] : "";
    }
    fact->fee_currency = *fact->fee_currency ? fact->fee_currency : fact->currency;
    fact->row = m->row;
    if (!name_fact(m, fact)) {
        return false;
    }
    PUSH(m, &m->st->facts, fact);
    return m->status == QM_OK;
}

static qm_decimal size_of(qm_decimal units) {
    return (qm_decimal){units.raw < 0 ? -units.raw : units.raw};
}

void qm_maker_check_lots(maker *m) {
    for (size_t i = 0; i < m->st->facts.length && m->status == QM_OK; i++) {
        const qm_fact *f = &m->st->facts.items[i];
        qm_statement_total t = {.kind = QM_TOTAL_ROW,
                                .account = f->account,
                                .symbol = f->symbol,
                                .label = "units of closed lots",
                                .value = size_of(f->quantity),
                                .has_basis = true};
        for (uint32_t k = 0; k < f->lot_count; k++) {
            qm_decimal units = size_of(m->st->lots.items[f->lots + k].quantity);
            if (qm_decimal_add(t.basis, units, &t.basis) != QM_OK) {
                m->status = QM_EOVERFLOW;
            }
        }
        if (f->lot_count && t.basis.raw != t.value.raw) {
            m->row = f->row;
            qm_maker_total(m, &t);
        }
    }
}
