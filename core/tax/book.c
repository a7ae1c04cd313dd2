/* SPDX-License-Identifier: MIT
 *
 * The engine from first to last: making it, events in, answers out.
 */
#include "tax/internal.h"

#include "base/mem.h"

#include <stdlib.h>

/* Copies a NULL-terminated list of texts. */
static qm_status copy_list(qm_tax *tax, const char *const *from, const char *const **out) {
    size_t n = 0;
    while (from && from[n]) {
        n++;
    }
    const char **list = qm_calloc(n + 1, sizeof *list);
    qm_status status = list ? QM_OK : QM_ENOMEM;
    for (size_t i = 0; i < n && status == QM_OK; i++) {
        status = qm_tax_text(tax, from[i], &list[i]);
    }
    *out = list;
    return status;
}

static qm_status copy_config(qm_tax *tax, const qm_tax_config *config) {
    size_t n = 0;
    tax->config = *config;
    tax->config.identical = NULL;
    tax->config.grain.raw = config->grain.raw ? config->grain.raw : 1;
    qm_status status = copy_list(tax, config->ira, &tax->config.ira);
    while (config->identical && config->identical[n]) {
        n++;
    }
    const char *const **groups = qm_calloc(n + 1, sizeof *groups);
    tax->config.identical = groups;
    status = status == QM_OK && !groups ? QM_ENOMEM : status;
    for (size_t i = 0; i < n && status == QM_OK; i++) {
        status = copy_list(tax, config->identical[i], &groups[i]);
    }
    return status;
}

qm_status qm_tax_new(const qm_tax_config *config, qm_tax **out, qm_error *err) {
    if ((unsigned)config->method >= QM_TAX_METHOD_COUNT || config->grain.raw < 0) {
        return qm_error_set(err, QM_EINVAL, "no such method, or a negative grain");
    }
    if (config->rates[0].raw < 0 || config->rates[1].raw < 0 ||
        config->rates[0].raw > QM_DECIMAL_SCALE || config->rates[1].raw > QM_DECIMAL_SCALE) {
        return qm_error_set(err, QM_EINVAL, "a tax rate is from 0 to 1");
    }
    qm_tax *tax = qm_calloc(1, sizeof *tax);
    if (!tax) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    qm_map_init(&tax->texts);
    qm_map_init(&tax->accounts_by_name);
    qm_map_init(&tax->symbols);
    tax->date = QM_DATE_NONE;
    qm_status status = copy_config(tax, config);
    if (status != QM_OK) {
        qm_tax_free(tax);
        return qm_error_set(err, status, "out of memory");
    }
    *out = tax;
    return QM_OK;
}

static void free_texts(qm_tax *tax) {
    size_t cursor = 0;
    const qm_map_entry *entry;
    while ((entry = qm_map_next(&tax->texts, &cursor)) != NULL) {
        qm_free((void *)(uintptr_t)entry->value);
    }
    qm_map_fini(&tax->texts);
    qm_map_fini(&tax->accounts_by_name);
    qm_map_fini(&tax->symbols);
}

static void free_config(qm_tax_config *config) {
    for (const char *const *const *g = config->identical; g && *g; g++) {
        qm_free((void *)(uintptr_t)*g);
    }
    qm_free((void *)(uintptr_t)config->identical);
    qm_free((void *)(uintptr_t)config->ira);
}

void qm_tax_free(qm_tax *tax) {
    if (!tax) {
        return;
    }
    if (!tax->base) {
        free_config(&tax->config);
    }
    for (size_t i = 0; i < tax->books.length; i++) {
        qm_vec_fini(&tax->books.items[i].piles[LONG]);
        qm_vec_fini(&tax->books.items[i].piles[SHORT]);
    }
    for (size_t i = 0; i < tax->instruments.length; i++) {
        qm_vec_fini(&tax->instruments.items[i].books);
    }
    for (size_t i = 0; i < tax->sigs.length; i++) {
        qm_vec_fini(&tax->sigs.items[i].members);
        qm_vec_fini(&tax->sigs.items[i].pending);
    }
    qm_vec_fini(&tax->accounts);
    qm_vec_fini(&tax->instruments);
    qm_vec_fini(&tax->sigs);
    qm_vec_fini(&tax->books);
    qm_vec_fini(&tax->lots);
    qm_vec_fini(&tax->rows);
    qm_vec_fini(&tax->items);
    qm_vec_fini(&tax->losses);
    free_texts(tax);
    qm_free(tax);
}

void qm_tax_set_watch(qm_tax *tax, qm_tax_watch watch, void *context) {
    tax->watch = watch;
    tax->watch_context = context;
}

/* What a kind can't do without. */
enum { QTY = 1, RATIO = 2, NEW = 4, OPTION = 8, ARRIVALS = 16, TO = 32 };
static const unsigned char NEEDS[QM_TAX_KIND_COUNT] = {
    [QM_TAX_DO_BUY] = QTY,
    [QM_TAX_DO_SELL] = QTY,
    [QM_TAX_DO_SHORT] = QTY,
    [QM_TAX_DO_COVER] = QTY,
    [QM_TAX_DO_CLOSE_WITH] = QTY,
    [QM_TAX_DO_EXERCISE] = QTY | OPTION,
    [QM_TAX_DO_ASSIGN] = QTY | OPTION,
    [QM_TAX_DO_SPLIT] = RATIO,
    [QM_TAX_DO_SPINOFF] = RATIO | NEW,
    [QM_TAX_DO_RENAME] = NEW,
    [QM_TAX_DO_MERGER_STOCK] = QTY | RATIO | NEW,
    [QM_TAX_DO_MERGER_CASH] = QTY,
    [QM_TAX_DO_MERGER_356] = QTY | RATIO | NEW,
    [QM_TAX_DO_CASH_IN_LIEU] = QTY,
    [QM_TAX_DO_TRANSFER_IN] = ARRIVALS,
    [QM_TAX_DO_IRA_DISTRIBUTION] = QTY | TO,
};

static const char *missing(const qm_tax_event *e) {
    unsigned needs = NEEDS[e->kind];
    if (!e->id || !e->account || !e->symbol) {
        return "an id, an account or a symbol";
    }
    if ((needs & QTY && e->qty.raw <= 0) || (e->has_qty && e->qty.raw <= 0)) {
        return "a quantity above zero";
    }
    if (needs & RATIO && (e->num <= 0 || e->den <= 0)) {
        return "num and den above zero";
    }
    if (needs & NEW && !e->new_symbol) {
        return "the new symbol";
    }
    if (needs & OPTION &&
        (!e->under || (e->right != 'C' && e->right != 'P') || e->multiplier <= 0)) {
        return "the underlying, the right and the multiplier";
    }
    if (needs & ARRIVALS && e->arrival_count == 0) {
        return "the lots";
    }
    return needs & TO && !e->to_account ? "the account that gets it" : NULL;
}

static qm_status fraction_sale(qm_tax *tax, const qm_tax_event *event) {
    qm_tax_event sale = *event;
    sale.kind = QM_TAX_DO_SELL;
    sale.close_only = true;
    return qm_tax_trade(tax, &sale);
}

typedef qm_status (*handler)(qm_tax *tax, const qm_tax_event *event);
static const handler HANDLERS[QM_TAX_KIND_COUNT] = {
    [QM_TAX_DO_BUY] = qm_tax_trade,
    [QM_TAX_DO_SELL] = qm_tax_trade,
    [QM_TAX_DO_SHORT] = qm_tax_trade,
    [QM_TAX_DO_COVER] = qm_tax_trade,
    [QM_TAX_DO_CLOSE_WITH] = qm_tax_close_with,
    [QM_TAX_DO_EXPIRE] = qm_tax_expire,
    [QM_TAX_DO_EXERCISE] = qm_tax_exercise,
    [QM_TAX_DO_ASSIGN] = qm_tax_exercise,
    [QM_TAX_DO_MARK1256] = qm_tax_mark,
    [QM_TAX_DO_SPLIT] = qm_tax_split,
    [QM_TAX_DO_SPINOFF] = qm_tax_spinoff,
    [QM_TAX_DO_ROC] = qm_tax_roc,
    [QM_TAX_DO_RENAME] = qm_tax_rename,
    [QM_TAX_DO_MERGER_STOCK] = qm_tax_merger,
    [QM_TAX_DO_MERGER_CASH] = qm_tax_merger,
    [QM_TAX_DO_MERGER_356] = qm_tax_merger,
    [QM_TAX_DO_CASH_IN_LIEU] = fraction_sale,
    [QM_TAX_DO_PIL] = qm_tax_pil,
    [QM_TAX_DO_TRANSFER_IN] = qm_tax_transfer_in,
    [QM_TAX_DO_IRA_DISTRIBUTION] = qm_tax_distribution,
};

qm_status qm_tax_apply(qm_tax *tax, const qm_tax_event *event, qm_error *err) {
    if (tax->broken) {
        return qm_error_set(err, QM_ESTATE, "the book is broken by an earlier error");
    }
    if ((unsigned)event->kind >= QM_TAX_KIND_COUNT) {
        return qm_error_set(err, QM_EINVAL, "no such kind of event");
    }
    const char *what = missing(event), *kind = qm_tax_kind_name(event->kind);
    if (what) {
        return qm_error_set(err, QM_EINVAL, "%s: %s needs %s", event->id ? event->id : "event",
                            kind, what);
    }
    if (tax->date != QM_DATE_NONE && event->date < tax->date) {
        return qm_error_set(err, QM_EINVAL, "%s: its date is before that of the last event",
                            event->id);
    }
    qm_date before = tax->date;
    tax->date = event->date;
    qm_status status = qm_tax_text(tax, event->id, &tax->event_id);
    status = status == QM_OK ? HANDLERS[event->kind](tax, event) : status;
    if (status == QM_OK) {
        tax->events++;
        return QM_OK;
    }
    tax->date = before;
    tax->broken = status == QM_EOVERFLOW || status == QM_ENOMEM;
    tax->losses.length = 0;
    return qm_error_set(err, status, "%s: %s of %s in %s: %s", event->id, kind, event->symbol,
                        event->account, qm_status_text(status));
}

size_t qm_tax_rows(const qm_tax *tax, const qm_tax_row **out) {
    *out = tax->rows.items;
    return tax->rows.length;
}

size_t qm_tax_items(const qm_tax *tax, const qm_tax_item **out) {
    *out = tax->items.items;
    return tax->items.length;
}

qm_total qm_tax_net_cash(const qm_tax *tax) {
    return tax->cash;
}

qm_date qm_tax_date(const qm_tax *tax) {
    return tax->date;
}
