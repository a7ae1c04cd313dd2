/* SPDX-License-Identifier: MIT */
#include "app/statement_book.h"

#include "app/settings.h"
#include "base/hash.h"
#include "base/mem.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ID_MAX = 96, WARNING_MAX = 400 };

/* What the sink works for: the accounts whose base is the statement that is booked. */
typedef struct listener {
    qm_statement_book *book;
    const qm_statement *base;
    size_t skipped; /* events in a currency without a rate */
} listener;

bool qm_is_deferred_type(const char *type) {
    static const char *const words[] = {"IRA", "ROTH", "401", "403", "SEP", "HSA", "RETIRE"};
    char upper[128];
    size_t n = 0;
    for (; type[n] && n + 1 < sizeof upper; n++) {
        upper[n] = (char)toupper((unsigned char)type[n]);
    }
    upper[n] = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strstr(upper, words[i])) {
            return true;
        }
    }
    return false;
}

__attribute__((format(printf, 2, 3))) static void warn(qm_statement_book *book, const char *format,
                                                       ...) {
    char text[WARNING_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    char *copy = qm_strdup(text);
    if (!copy || qm_vec_push(&book->warnings, &copy) != QM_OK) {
        qm_free(copy);
        book->status = QM_ENOMEM;
    }
}

/* A block that lives as long as the book. */
static void *keep(qm_statement_book *book, const void *from, size_t size) {
    char *copy = qm_alloc(size ? size : 1);
    if (copy && qm_vec_push(&book->texts, &copy) == QM_OK) {
        memcpy(copy, from, size);
        return copy;
    }
    qm_free(copy);
    book->status = QM_ENOMEM;
    return NULL;
}

static const char *keep_text(qm_statement_book *book, const char *text) {
    return keep(book, text, strlen(text) + 1);
}

static const char *account_name(const char *name) {
    return *name ? name : "tastytrade"; /* its files do not say which */
}

/* "SPY-20240102-3f9a": readable, the same from any file, and the only one of its name. */
static const char *short_id(qm_statement_book *book, const char *id, const char *symbol,
                            qm_date date) {
    char text[ID_MAX], day[QM_DATE_BUF], hash[QM_SHA256_HEX];
    uint64_t known;
    if (qm_map_get(&book->ids, id, &known)) {
        return (const char *)(uintptr_t)known;
    }
    qm_date_format(date, day);
    uint8_t digest[QM_SHA256_SIZE];
    qm_sha256 sum;
    qm_sha256_init(&sum);
    qm_sha256_update(&sum, id, strlen(id));
    qm_sha256_final(&sum, digest);
    qm_sha256_hex(digest, hash);
    for (int digits = 4; digits < QM_SHA256_HEX; digits++) {
        snprintf(text, sizeof text, "%.32s-%.4s%.2s%.2s-%.*s", symbol, day, day + 5, day + 8,
                 digits, hash);
        if (qm_map_get(&book->ids, text, &known)) {
            continue;
        }
        const char *kept = keep_text(book, text);
        if (!kept || qm_map_put(&book->ids, text, (uint64_t)(uintptr_t)kept) != QM_OK ||
            qm_map_put(&book->ids, id, (uint64_t)(uintptr_t)kept) != QM_OK) {
            book->status = QM_ENOMEM;
        }
        return kept;
    }
    return NULL; /* 256 bits that are equal */
}

/* ---- events ---- */

static const char *plain_symbol(listener *l, const qm_booking *booking, const char *key) {
    char text[QM_BOOKING_SYMBOL];
    const qm_holding *h = key ? qm_booking_of_key(booking, key) : NULL;
    return !key ? NULL : keep_text(l->book, h ? qm_booking_symbol(h, text) : key);
}

/* US dollars as they are; another currency with the row's own rate. */
static bool in_dollars(const qm_holding *h, const qm_fact *f, qm_tax_event *e) {
    if (strcmp(h->currency, "USD") == 0 || !*h->currency) {
        return true;
    }
    if (!f || f->fx_rate.raw <= 0) {
        return false;
    }
    e->currency = h->currency;
    e->fx_trade = e->fx_settle = f->fx_rate;
    return true;
}

static void copy_lists(listener *l, qm_tax_event *e) {
    qm_statement_book *book = l->book;
    uint64_t known;
    if (e->pick_count) {
        qm_tax_pick *picks = keep(book, e->picks, e->pick_count * sizeof *picks);
        for (size_t i = 0; picks && i < e->pick_count; i++) {
            picks[i].lot = qm_map_get(&book->ids, picks[i].lot, &known)
                               ? (const char *)(uintptr_t)known
                               : keep_text(book, picks[i].lot);
        }
        e->picks = picks;
    }
    if (e->arrival_count) {
        qm_tax_arrival *list = keep(book, e->arrivals, e->arrival_count * sizeof *list);
        for (size_t i = 0; list && i < e->arrival_count; i++) {
            list[i].lot = list[i].lot ? keep_text(book, list[i].lot) : NULL;
        }
        e->arrivals = list;
    }
}

static bool is_based_on(const listener *l, const char *account) {
    for (size_t i = 0; i < l->book->accounts.length; i++) {
        const qm_statement_book_account *a = &l->book->accounts.items[i];
        if (strcmp(a->name, account_name(account)) == 0) {
            return a->base == l->base;
        }
    }
    return false;
}

static void take(void *data, const qm_booking *booking, const qm_holding *h, const qm_fact *f,
                 const qm_tax_event *event) {
    listener *l = data;
    qm_tax_event e = *event;
    if (!h || !is_based_on(l, h->account)) {
        return;
    }
    e.account = account_name(h->account);
    e.symbol = plain_symbol(l, booking, event->symbol);
    if (!e.symbol) {
        return;
    }
    if (!in_dollars(h, f, &e)) {
        l->skipped++;
        return;
    }
    char before[ID_MAX];
    snprintf(before, sizeof before, "%s before %s", e.account, e.symbol);
    e.id = short_id(l->book, f ? event->id : before, e.symbol, e.date);
    e.new_symbol = plain_symbol(l, booking, event->new_symbol);
    e.under = plain_symbol(l, booking, event->under);
    if (event->purchase) { /* an order that works on counts anew each day */
        char purchase[WARNING_MAX];
        snprintf(purchase, sizeof purchase, "%s order %s of day %d", e.account, event->purchase,
                 e.date);
        e.purchase = keep_text(l->book, purchase);
    }
    copy_lists(l, &e);
    if (qm_vec_push(&l->book->events, &e) != QM_OK) {
        l->book->status = QM_ENOMEM;
    }
}

/* ---- accounts ---- */

static qm_status know_account(qm_statement_book *book, const qm_statement *st,
                              const qm_statement_account *a) {
    const char *name = account_name(a->name), *type = qm_setting_of("accounts", name, "type");
    bool deferred = qm_is_deferred_type(type ? type : a->type);
    for (size_t i = 0; i < book->accounts.length; i++) {
        qm_statement_book_account *known = &book->accounts.items[i];
        if (strcmp(known->name, name) != 0) {
            continue;
        }
        const qm_statement_account *other = NULL;
        for (size_t k = 0; k < known->base->accounts.length; k++) {
            const qm_statement_account *of = &known->base->accounts.items[k];
            other = strcmp(account_name(of->name), name) == 0 ? of : other;
        }
        bool further =
            other && other->to != QM_DATE_NONE && (a->to == QM_DATE_NONE || a->to >= other->to);
        known->base = further || (other && other->to == QM_DATE_NONE) ? st : known->base;
        known->deferred = known->deferred || deferred;
        return QM_OK;
    }
    qm_statement_book_account fresh = {name, deferred, st};
    return qm_vec_push(&book->accounts, &fresh);
}

static qm_status know_accounts(qm_statement_book *book) {
    qm_status status = QM_OK;
    for (size_t i = 0; i < book->statements.length && status == QM_OK; i++) {
        const qm_statement *st = book->statements.items[i];
        for (size_t k = 0; k < st->accounts.length && status == QM_OK; k++) {
            status = know_account(book, st, &st->accounts.items[k]);
        }
    }
    return status;
}

/* ---- reading ---- */

qm_status qm_statement_stored(qm_statements *db, const qm_statement_row *row, qm_statement **out,
                              qm_error *err) {
    char *bytes;
    qm_status status = qm_statements_load(db, row, &bytes, err);
    if (status == QM_OK) {
        status = qm_statement_read_text(row->name, bytes, row->length, out, err);
        qm_free(bytes);
    }
    return status;
}

static qm_status read_one(qm_statement_book *book, qm_statements *db, const qm_statement_row *row,
                          uint32_t file, qm_error *err) {
    qm_statement *st;
    qm_status status = qm_statement_stored(db, row, &st, err);
    if (status != QM_OK) {
        return status;
    }
    bool *known = qm_calloc(st->facts.length + 1, sizeof *known);
    status = known ? qm_vec_push(&book->statements, &st) : QM_ENOMEM;
    if (status != QM_OK) {
        qm_statement_free(st);
    } else {
        status = qm_history_add(&book->history, st, file, known);
    }
    if (row->accepted && status == QM_OK) {
        warn(book, "%s did not add up when it was imported (qm import list)", row->name);
    }
    qm_free(known);
    return status;
}

static qm_status book_all(qm_statement_book *book, qm_error *err) {
    qm_status status = QM_OK;
    for (size_t i = 0; i < book->statements.length && status == QM_OK; i++) {
        listener l = {.book = book, .base = book->statements.items[i]};
        qm_booking_sink sink = {take, &l};
        bool is_base = false;
        for (size_t k = 0; k < book->accounts.length; k++) {
            is_base = is_base || book->accounts.items[k].base == l.base;
        }
        if (!is_base) {
            continue;
        }
        qm_booking *booking;
        status = qm_booking_run_to(&book->history, l.base, &sink, &booking, err);
        status = status == QM_OK ? qm_vec_push(&book->bookings, &booking) : status;
        for (size_t k = 0; status == QM_OK && k < booking->notes.length; k++) {
            warn(book, "%s: %s", booking->notes.items[k].symbol, booking->notes.items[k].text);
        }
        if (l.skipped) {
            warn(book,
                 "%s: %zu trades in a foreign currency have no rate to the dollar: they are "
                 "not in the tax book",
                 book->rows.items[i].name, l.skipped);
        }
    }
    return status == QM_OK ? book->status : status;
}

/* An event and where it came in. */
typedef struct numbered {
    qm_tax_event event;
    size_t at;
} numbered;

static int by_date(const void *x, const void *y) {
    const numbered *a = x, *b = y;
    if (a->event.date != b->event.date) {
        return a->event.date < b->event.date ? -1 : 1;
    }
    return (a->at > b->at) - (a->at < b->at);
}

/* Inside a day each account keeps its order. */
static qm_status sort_events(qm_statement_book *book) {
    size_t n = book->events.length;
    numbered *list = qm_reallocarray(NULL, n + 1, sizeof *list);
    if (!list) {
        return QM_ENOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        list[i] = (numbered){book->events.items[i], i};
    }
    qsort(list, n, sizeof *list, by_date);
    for (size_t i = 0; i < n; i++) {
        book->events.items[i] = list[i].event;
    }
    qm_free(list);
    return QM_OK;
}

static qm_status load(qm_statement_book *book, qm_statements *db, qm_error *err) {
    qm_status status = qm_statements_list(db, &book->rows, err);
    for (size_t i = 0; i < book->rows.length && status == QM_OK; i++) {
        status = read_one(book, db, &book->rows.items[i], (uint32_t)i, err);
    }
    status = status == QM_OK ? qm_history_sort(&book->history) : status;
    status = status == QM_OK ? know_accounts(book) : status;
    status = status == QM_OK ? book_all(book, err) : status;
    status = status == QM_OK ? sort_events(book) : status;
    return status == QM_ENOMEM ? qm_error_set(err, status, "out of memory") : status;
}

qm_status qm_statement_book_open(const char *folder, qm_statement_book *out, qm_error *err) {
    char path[4200];
    qm_statements *db;
    qm_error inner = {0};
    *out = (qm_statement_book){0};
    snprintf(path, sizeof path, "%s/statements.db", folder);
    qm_status status = qm_statements_open(path, QM_DB_READ, &db, &inner);
    if (status == QM_ENOTFOUND) {
        return QM_OK;
    }
    if (status != QM_OK) {
        *err = inner;
        return status;
    }
    status = load(out, db, err);
    qm_statements_close(db);
    if (status != QM_OK) {
        qm_statement_book_close(out);
    }
    return status;
}

void qm_statement_book_close(qm_statement_book *book) {
    for (size_t i = 0; i < book->bookings.length; i++) {
        qm_booking_free(book->bookings.items[i]);
    }
    for (size_t i = 0; i < book->statements.length; i++) {
        qm_statement_free(book->statements.items[i]);
    }
    for (size_t i = 0; i < book->texts.length; i++) {
        qm_free(book->texts.items[i]);
    }
    for (size_t i = 0; i < book->warnings.length; i++) {
        qm_free(book->warnings.items[i]);
    }
    qm_history_fini(&book->history);
    qm_map_fini(&book->ids);
    qm_vec_fini(&book->rows);
    qm_vec_fini(&book->statements);
    qm_vec_fini(&book->bookings);
    qm_vec_fini(&book->accounts);
    qm_vec_fini(&book->events);
    qm_vec_fini(&book->texts);
    qm_vec_fini(&book->warnings);
}
