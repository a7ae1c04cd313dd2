/* SPDX-License-Identifier: MIT
 *
 * Accounts, instruments and texts: each is stored once and known by an index.
 */
#include "tax/internal.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const METHODS[] = {
#define X(name) #name,
    QM_TAX_METHOD_MAP(X)
#undef X
};

static const char *const KINDS[] = {
#define X(name) #name,
    QM_TAX_KIND_MAP(X)
#undef X
};

static bool same_letters(const char *a, const char *b) {
    do {
        a += strspn(a, "_");
        b += strspn(b, "_");
        if (toupper((unsigned char)*a) != *b) {
            return false;
        }
    } while (*b++ && *a++);
    return true;
}

qm_tax_method qm_tax_method_from(const char *name) {
    int at = 0;
    while (at < QM_TAX_METHOD_COUNT && !same_letters(name, METHODS[at])) {
        at++;
    }
    return (qm_tax_method)at;
}

const char *qm_tax_method_name(qm_tax_method method) {
    return method < QM_TAX_METHOD_COUNT ? METHODS[method] : "unknown";
}

qm_tax_kind qm_tax_kind_from(const char *name) {
    int at = 0;
    while (at < QM_TAX_KIND_COUNT && strcmp(KINDS[at], name) != 0) {
        at++;
    }
    return (qm_tax_kind)at;
}

const char *qm_tax_kind_name(qm_tax_kind kind) {
    return kind < QM_TAX_KIND_COUNT ? KINDS[kind] : "unknown";
}

bool qm_tax_known(const qm_tax *tax, name_kind kind, const char *name, uint64_t *out) {
    for (; tax; tax = tax->base) {
        const qm_map *map = kind == TEXT      ? &tax->texts
                            : kind == ACCOUNT ? &tax->accounts_by_name
                                              : &tax->symbols;
        if (qm_map_get(map, name, out)) {
            return true;
        }
    }
    return false;
}

/* The map's value is the address of the copy. */
qm_status qm_tax_text(qm_tax *tax, const char *text, const char **out) {
    uint64_t known;
    if (!text) {
        *out = NULL;
        return QM_OK;
    }
    if (qm_tax_known(tax, TEXT, text, &known)) {
        *out = (const char *)(uintptr_t)known;
        return QM_OK;
    }
    char *copy = qm_strdup(text);
    if (!copy) {
        return QM_ENOMEM;
    }
    qm_status status = qm_map_put(&tax->texts, text, (uint64_t)(uintptr_t)copy);
    if (status != QM_OK) {
        qm_free(copy);
        return status;
    }
    *out = copy;
    return QM_OK;
}

static bool listed(const char *const *names, const char *name) {
    for (; names && *names; names++) {
        if (strcmp(*names, name) == 0) {
            return true;
        }
    }
    return false;
}

qm_status qm_tax_account(qm_tax *tax, const char *name, uint32_t *out) {
    uint64_t known;
    if (qm_tax_known(tax, ACCOUNT, name, &known)) {
        *out = (uint32_t)known;
        return QM_OK;
    }
    account made = {.ira = listed(tax->config.ira, name)};
    qm_status status = qm_tax_text(tax, name, &made.name);
    status = status == QM_OK ? qm_vec_push(&tax->accounts, &made) : status;
    if (status == QM_OK) {
        *out = (uint32_t)tax->accounts.length - 1;
        status = qm_map_put(&tax->accounts_by_name, name, *out);
    }
    return status;
}

/* "X 240719C00050000", "X 200417C7", "X C50", "X C35 JUL": root, right. */
static char right_of(const char *symbol, size_t *root) {
    const char *blank = strchr(symbol, ' ');
    if (!blank || blank == symbol) {
        return 0;
    }
    const char *at = blank + strspn(blank, " ");
    size_t digits = strspn(at, "0123456789");
    char right = at[digits];
    if ((digits != 0 && digits != 6) || (right != 'C' && right != 'P') ||
        !isdigit((unsigned char)at[digits + 1])) {
        return 0;
    }
    const char *end = at + digits + 1 + strspn(at + digits + 1, "0123456789.");
    if (*end != 0 && *end != ' ') {
        return 0;
    }
    *root = (size_t)(blank - symbol);
    return right;
}

static qm_status join(qm_tax *tax, uint32_t group, uint32_t member) {
    for (size_t i = 0; i < tax->sigs.items[group].members.length; i++) {
        if (tax->sigs.items[group].members.items[i] == member) {
            return QM_OK;
        }
    }
    return qm_vec_push(&tax->sigs.items[group].members, &member);
}

static qm_status new_sig(qm_tax *tax, uint32_t *out) {
    sig made = {0};
    *out = (uint32_t)tax->sigs.length;
    return qm_vec_push(&tax->sigs, &made);
}

/* The group of a symbol: that of a known member of its list, else a new one. */
static qm_status find_sig(qm_tax *tax, const char *symbol, uint32_t *out) {
    for (const char *const *const *list = tax->config.identical; list && *list; list++) {
        uint64_t known;
        if (!listed(*list, symbol)) {
            continue;
        }
        for (const char *const *other = *list; *other; other++) {
            if (qm_tax_known(tax, SYMBOL, *other, &known)) {
                *out = tax->instruments.items[known].sig;
                return QM_OK;
            }
        }
    }
    return new_sig(tax, out);
}

qm_status qm_tax_instrument(qm_tax *tax, const char *symbol, uint32_t *out) {
    uint64_t known;
    if (qm_tax_known(tax, SYMBOL, symbol, &known)) {
        *out = (uint32_t)known;
        return QM_OK;
    }
    size_t root = 0;
    instrument made = {.right = right_of(symbol, &root)};
    qm_status status = find_sig(tax, symbol, &made.sig);
    if (status == QM_OK && made.right) {
        char *name = qm_strndup(symbol, root);
        uint32_t under = 0;
        status = name ? qm_tax_instrument(tax, name, &under) : QM_ENOMEM;
        qm_free(name);
        made.under = under + 1;
    }
    status = status == QM_OK ? qm_tax_text(tax, symbol, &made.symbol) : status;
    status = status == QM_OK ? qm_vec_push(&tax->instruments, &made) : status;
    if (status != QM_OK) {
        return status;
    }
    *out = (uint32_t)tax->instruments.length - 1;
    status = join(tax, made.sig, *out);
    if (status == QM_OK && made.under) {
        status = join(tax, tax->instruments.items[made.under - 1].sig, *out);
    }
    return status == QM_OK ? qm_map_put(&tax->symbols, symbol, *out) : status;
}

qm_status qm_tax_describe(qm_tax *tax, const qm_tax_event *event, uint32_t *out) {
    qm_status status = qm_tax_instrument(tax, event->symbol, out);
    if (status == QM_OK && event->under) {
        uint32_t under;
        status = qm_tax_instrument(tax, event->under, &under);
        if (status == QM_OK && under != *out) {
            tax->instruments.items[*out].under = under + 1;
            status = join(tax, tax->instruments.items[under].sig, *out);
        }
    }
    if (status == QM_OK) {
        instrument *it = &tax->instruments.items[*out];
        it->right = event->right ? event->right : it->right;
        it->section1256 = it->section1256 || event->section1256;
        it->currency = it->currency ||
                       (event->cash_currency && strcmp(event->cash_currency, event->symbol) == 0);
    }
    return status;
}

qm_status qm_tax_book(qm_tax *tax, uint32_t of, uint32_t in, uint32_t *out) {
    instrument *it = &tax->instruments.items[in];
    uint32_t none = 0;
    while (it->books.length <= of) {
        qm_status status = qm_vec_push(&it->books, &none);
        if (status != QM_OK) {
            return status;
        }
    }
    if (!it->books.items[of]) {
        book made = {.account = of, .instrument = in};
        qm_status status = qm_vec_push(&tax->books, &made);
        if (status != QM_OK) {
            return status;
        }
        it->books.items[of] = (uint32_t)tax->books.length;
    }
    *out = it->books.items[of] - 1;
    return QM_OK;
}

/* Everything of `from` becomes `to`, which had a life of its own. */
static qm_status merge(qm_tax *tax, uint32_t from, uint32_t to) {
    qm_status status = QM_OK;
    for (uint32_t a = 0; a < tax->instruments.items[from].books.length && status == QM_OK; a++) {
        uint32_t old = tax->instruments.items[from].books.items[a], target;
        if (!old) {
            continue;
        }
        status = qm_tax_book(tax, a, to, &target);
        for (int side = LONG; side <= SHORT && status == QM_OK; side++) {
            pile *p = &tax->books.items[old - 1].piles[side];
            for (size_t i = p->first; i < p->length && status == QM_OK; i++) {
                status = qm_tax_put(&tax->books.items[target].piles[side], &p->items[i]);
            }
            p->first = p->length = 0;
        }
    }
    sig *losses = &tax->sigs.items[tax->instruments.items[from].sig];
    sig *into = &tax->sigs.items[tax->instruments.items[to].sig];
    for (size_t i = 0; losses != into && i < losses->pending.length && status == QM_OK; i++) {
        status = qm_vec_push(&into->pending, &losses->pending.items[i]);
    }
    if (losses != into) {
        losses->pending.length = 0;
    }
    tax->instruments.items[from].sig = tax->instruments.items[to].sig;
    return status == QM_OK ? join(tax, tax->instruments.items[to].sig, from) : status;
}

/* The old name stays an alias: another broker may still use it. */
qm_status qm_tax_rename(qm_tax *tax, const qm_tax_event *event) {
    uint64_t from, to;
    if (!qm_tax_known(tax, SYMBOL, event->symbol, &from)) {
        return QM_OK; /* nothing of it was ever held */
    }
    if (qm_tax_known(tax, SYMBOL, event->new_symbol, &to)) {
        qm_status status = from == to ? QM_OK : merge(tax, (uint32_t)from, (uint32_t)to);
        return status == QM_OK ? qm_map_put(&tax->symbols, event->symbol, to) : status;
    }
    qm_status status = qm_tax_text(tax, event->new_symbol, &tax->instruments.items[from].symbol);
    return status == QM_OK ? qm_map_put(&tax->symbols, event->new_symbol, from) : status;
}
