/* SPDX-License-Identifier: MIT
 *
 * What an instrument is known by: its contract id where a file has one, its account, class,
 * currency and symbol in any case. Options are known by root, expiry, right and strike, so that
 * both spellings meet.
 */
#include "import/booking_internal.h"
#include "import/statement_internal.h"

#include <stdio.h>
#include <string.h>

enum { NAME_MAX_BYTES = 320 };

named booking_named(const qm_fact *f) {
    return (named){f->account, f->symbol, f->currency, f->conid, f->asset};
}

static void name_of(const named *of, char *out) {
    option_name o;
    bool option = of->asset == QM_ASSET_OPTION || of->asset == QM_ASSET_FUTURE_OPTION;
    if (option && qm_option_read(qm_cell_of(of->symbol), &o)) {
        snprintf(out, NAME_MAX_BYTES, "%s/option/%s/%.*s/%d%c%lld", of->account, of->currency,
                 (int)(o.root.length & 0x3f), o.root.text, o.expiry, o.right,
                 (long long)o.strike.raw);
    } else {
        snprintf(out, NAME_MAX_BYTES, "%s/%s/%s/%s", of->account, qm_asset_name(of->asset),
                 of->currency, of->symbol);
    }
}

static bool conid_of(const named *of, char *out) {
    snprintf(out, NAME_MAX_BYTES, "%s/#%s", of->account, of->conid);
    return *of->conid != 0;
}

static bool find(const qm_booking *b, const named *of, uint64_t *index) {
    char key[NAME_MAX_BYTES];
    if (conid_of(of, key) && qm_map_get(&b->keys, key, index)) {
        return true;
    }
    name_of(of, key);
    return qm_map_get(&b->keys, key, index);
}

static void learn(booker *b, const named *of, uint64_t index) {
    char key[NAME_MAX_BYTES];
    uint64_t known;
    if (conid_of(of, key) && !qm_map_get(&b->out->keys, key, &known) &&
        qm_map_put(&b->out->keys, key, index) != QM_OK) {
        b->status = QM_ENOMEM;
    }
    name_of(of, key);
    if (!qm_map_get(&b->out->keys, key, &known) && qm_map_put(&b->out->keys, key, index) != QM_OK) {
        b->status = QM_ENOMEM;
    }
}

qm_holding *booking_holding(booker *b, const named *of) {
    uint64_t index;
    char key[NAME_MAX_BYTES];
    if (!find(b->out, of, &index)) {
        name_of(of, key);
        qm_holding h = {.account = of->account,
                        .symbol = of->symbol,
                        .currency = of->currency,
                        .asset = of->asset,
                        .num = 1,
                        .den = 1,
                        .key = qm_strdup(key)};
        index = b->out->holdings.length;
        if (!h.key || qm_vec_push(&b->out->holdings, &h) != QM_OK) {
            qm_free(h.key);
            b->status = QM_ENOMEM;
            return NULL;
        }
    }
    learn(b, of, index);
    return &b->out->holdings.items[index];
}

bool booking_alias(booker *b, const named *of, const qm_holding *holding) {
    uint64_t index;
    if (find(b->out, of, &index)) {
        return &b->out->holdings.items[index] == holding;
    }
    learn(b, of, (uint64_t)(holding - b->out->holdings.items));
    return true;
}

const qm_holding *qm_booking_find(const qm_booking *booking, const qm_statement_total *t) {
    named of = {t->account, t->symbol, t->currency, t->conid, t->asset};
    uint64_t index;
    return find(booking, &of, &index) ? &booking->holdings.items[index] : NULL;
}

const qm_holding *qm_booking_of_key(const qm_booking *booking, const char *key) {
    uint64_t index;
    return qm_map_get(&booking->keys, key, &index) ? &booking->holdings.items[index] : NULL;
}

const char *qm_booking_symbol(const qm_holding *h, char out[QM_BOOKING_SYMBOL]) {
    option_name o;
    bool option = h->asset == QM_ASSET_OPTION || h->asset == QM_ASSET_FUTURE_OPTION;
    if (option && qm_option_read(qm_cell_of(h->symbol), &o)) {
        qm_ymd d = qm_date_to_ymd(o.expiry);
        snprintf(out, QM_BOOKING_SYMBOL, "%.*s %02d%02d%02d%c%08lld", (int)(o.root.length & 0x1f),
                 o.root.text, d.year % 100, d.month, d.day, o.right,
                 (long long)(o.strike.raw / (QM_DECIMAL_SCALE / 1000)));
    } else {
        snprintf(out, QM_BOOKING_SYMBOL, "%s", h->symbol);
    }
    return out;
}
