/* SPDX-License-Identifier: MIT */
#include "store/chunk.h"

#include "base/calendar.h"
#include "base/mem.h"
#include "codec/stream.h"

#include <math.h>
#include <string.h>

enum { FORMAT = 1, DECIMALS_RAW = 255, DECIMALS_MAX = 6, PRICE_COLUMNS = 4, LEVEL = 3 };

typedef struct chunk_header {
    uint32_t n;
    uint8_t format;
    uint8_t decimals;   /* of the prices; DECIMALS_RAW: bits of the doubles */
    uint8_t raw_volume; /* bits of the doubles; else whole numbers */
    uint8_t unused;
} chunk_header;

static const double POWERS[DECIMALS_MAX + 1] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};

int64_t qm_chunk_span(qm_timeframe tf, qm_date date) {
    qm_ymd ymd = qm_date_to_ymd(date);
    return tf.unit == QM_TF_MINUTE ? (int64_t)ymd.year * 12 + ymd.month - 1 : ymd.year / 16;
}

static uint64_t zigzag(int64_t v) {
    return (uint64_t)v << 1 ^ (uint64_t)(v >> 63);
}
static int64_t unzigzag(uint64_t v) {
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

static uint64_t bits_of(double v) {
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}
static double from_bits(uint64_t bits) {
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/* Number of low planes that hold anything, then those planes. */
static void put_planes(qm_buf *out, const uint64_t *values, size_t n) {
    uint64_t all = 0;
    for (size_t i = 0; i < n; i++) {
        all |= values[i];
    }
    int planes = 0;
    for (; all; all >>= 8) {
        planes++;
    }
    qm_buf_putc(out, (char)planes);
    for (int p = 0; p < planes; p++) {
        if (qm_buf_reserve(out, n) != QM_OK) {
            return;
        }
        char *at = out->data + out->length;
        for (size_t i = 0; i < n; i++) {
            at[i] = (char)(uint8_t)(values[i] >> (8 * p));
        }
        out->length += n;
    }
}

static const uint8_t *take_planes(const uint8_t *at, const uint8_t *end, uint64_t *values,
                                  size_t n) {
    if (!at || at >= end || *at > 8 || (size_t)(end - at - 1) < *at * n) {
        return NULL;
    }
    int planes = *at++;
    memset(values, 0, n * sizeof *values);
    for (int p = 0; p < planes; p++, at += n) {
        for (size_t i = 0; i < n; i++) {
            values[i] |= (uint64_t)at[i] << (8 * p);
        }
    }
    return at;
}

/* 1.5 x 2^52: a double of at most 2^51 that is added to it keeps no fraction, rounded half to even,
 * and its low bits are the whole number. Loops with it have no calls and no branches. */
static const double SHIFT = 6755399441055744.0;
static const double SCALED_MAX = 1e15;

static double rounded(double v) {
    return (v + SHIFT) - SHIFT;
}

/* Whether each value is a whole number of 10^-d. */
static bool fits(const double *values, size_t n, double power) {
    bool all = true;
    for (size_t i = 0; i < n; i++) {
        double scaled = values[i] * power;
        bool exact = bits_of(rounded(scaled) / power) == bits_of(values[i]);
        all &= exact & (fabs(scaled) < SCALED_MAX);
    }
    return all;
}

/* Decimals that all prices have, or DECIMALS_RAW. */
static int decimals_of(const qm_bars *bars, size_t first, size_t end) {
    int d = 0;
    for (int k = 0; k < PRICE_COLUMNS; k++) {
        while (d <= DECIMALS_MAX && !fits(bars->column[k] + first, end - first, POWERS[d])) {
            d++;
        }
    }
    return d <= DECIMALS_MAX ? d : DECIMALS_RAW;
}

static bool whole_volumes(const qm_bars *bars, size_t first, size_t end) {
    for (size_t i = first; i < end; i++) {
        double v = bars->column[QM_VOLUME][i];
        if (!(v >= 0 && v < 9e15) || bits_of((double)(int64_t)v) != bits_of(v)) {
            return false;
        }
    }
    return true;
}

static void scale(const double *values, size_t n, double power, int64_t *out) {
    for (size_t i = 0; i < n; i++) {
        out[i] = (int64_t)(bits_of(values[i] * power + SHIFT) - bits_of(SHIFT));
    }
}

/* Whole numbers to what changes least: open from the close before, high and low from the body,
 * close from the open. */
static void take_differences(uint64_t *const cells[PRICE_COLUMNS], size_t n) {
    int64_t last = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t open = (int64_t)cells[QM_OPEN][i], high = (int64_t)cells[QM_HIGH][i];
        int64_t low = (int64_t)cells[QM_LOW][i], close = (int64_t)cells[QM_CLOSE][i];
        cells[QM_OPEN][i] = zigzag(open - last);
        cells[QM_HIGH][i] = zigzag(high - (open > close ? open : close));
        cells[QM_LOW][i] = zigzag((open < close ? open : close) - low);
        cells[QM_CLOSE][i] = zigzag(close - open);
        last = close;
    }
}

/* cells: room for the four columns. */
static void put_prices(qm_buf *out, const qm_bars *bars, size_t first, size_t end, int decimals,
                       uint64_t *cells) {
    size_t n = end - first;
    uint64_t *const columns[PRICE_COLUMNS] = {cells, cells + n, cells + 2 * n, cells + 3 * n};
    for (int k = 0; k < PRICE_COLUMNS; k++) {
        if (decimals == DECIMALS_RAW) {
            memcpy(columns[k], bars->column[k] + first, n * sizeof(double));
        } else {
            scale(bars->column[k] + first, n, POWERS[decimals], (int64_t *)columns[k]);
        }
    }
    if (decimals != DECIMALS_RAW) {
        take_differences(columns, n);
    }
    for (int k = 0; k < PRICE_COLUMNS; k++) {
        put_planes(out, columns[k], n);
    }
}

/* Times as their distance from the session's close: zero for daily bars, and small steps for
 * minutes once each is taken against the one before. */
static void put_times(qm_buf *out, const qm_bars *bars, size_t first, size_t end, uint64_t *cells) {
    size_t n = end - first;
    qm_date date = 0;
    for (size_t i = first; i < end; i++) {
        cells[i - first] = zigzag(bars->date[i] - date);
        date = bars->date[i];
    }
    put_planes(out, cells, n);
    int64_t last = 0;
    qm_time close = 0;
    for (size_t i = first; i < end; i++) {
        if (i == first || bars->date[i] != bars->date[i - 1]) {
            close = qm_calendar_hours(bars->date[i]).close;
        }
        int64_t distance = bars->time[i] - close;
        cells[i - first] = zigzag(distance - last);
        last = distance;
    }
    put_planes(out, cells, n);
}

static void put_volumes(qm_buf *out, const qm_bars *bars, size_t first, size_t end, bool raw,
                        uint64_t *cells) {
    for (size_t i = first; i < end; i++) {
        double v = bars->column[QM_VOLUME][i];
        cells[i - first] = raw ? bits_of(v) : (uint64_t)(int64_t)v;
    }
    put_planes(out, cells, end - first);
}

qm_status qm_chunk_encode(const qm_bars *bars, size_t first, size_t end, qm_buf *out,
                          size_t *raw_length) {
    size_t n = end - first;
    uint64_t *cells = qm_reallocarray(NULL, n * PRICE_COLUMNS, sizeof *cells);
    qm_buf raw;
    qm_buf_init(&raw, (size_t)1 << 30);
    chunk_header header = {.n = (uint32_t)n,
                           .format = FORMAT,
                           .decimals = (uint8_t)decimals_of(bars, first, end),
                           .raw_volume = !whole_volumes(bars, first, end)};
    qm_status status = cells ? QM_OK : QM_ENOMEM;
    if (status == QM_OK) {
        qm_buf_append(&raw, &header, sizeof header);
        put_times(&raw, bars, first, end, cells);
        qm_buf_append(&raw, bars->flags + first, n);
        put_prices(&raw, bars, first, end, header.decimals, cells);
        put_volumes(&raw, bars, first, end, header.raw_volume, cells);
        status = raw.status;
    }
    qm_buf_clear(out);
    if (status == QM_OK) {
        status = qm_buf_reserve(out, qm_zstd_bound(raw.length));
    }
    if (status == QM_OK) {
        status = qm_zstd_compress(raw.data, raw.length, out->data, out->capacity - 1, LEVEL,
                                  &out->length);
        *raw_length = raw.length;
    }
    qm_buf_fini(&raw);
    qm_free(cells);
    return status;
}

/* Prices back from four planes of differences: the inverse of put_prices. */
static void join_prices(uint64_t *const cells[PRICE_COLUMNS], size_t n, int decimals,
                        qm_bars *out) {
    double *const *column = out->column;
    size_t at = out->n;
    if (decimals == DECIMALS_RAW) {
        for (int k = 0; k < PRICE_COLUMNS; k++) {
            for (size_t i = 0; i < n; i++) {
                column[k][at + i] = from_bits(cells[k][i]);
            }
        }
        return;
    }
    double power = POWERS[decimals];
    int64_t last = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t open = last + unzigzag(cells[0][i]), close = open + unzigzag(cells[3][i]);
        int64_t high = (open > close ? open : close) + unzigzag(cells[1][i]);
        int64_t low = (open < close ? open : close) - unzigzag(cells[2][i]);
        column[QM_OPEN][at + i] = (double)open / power;
        column[QM_HIGH][at + i] = (double)high / power;
        column[QM_LOW][at + i] = (double)low / power;
        column[QM_CLOSE][at + i] = (double)close / power;
        last = close;
    }
}

static void join_times(const uint64_t *dates, const uint64_t *times, size_t n, qm_bars *out) {
    size_t at = out->n;
    qm_date date = 0, known = QM_DATE_NONE;
    qm_time close = 0;
    int64_t distance = 0;
    for (size_t i = 0; i < n; i++) {
        date += (qm_date)unzigzag(dates[i]);
        distance += unzigzag(times[i]);
        if (date != known) {
            close = qm_calendar_hours(date).close;
            known = date;
        }
        out->date[at + i] = date;
        out->time[at + i] = close + distance;
    }
}

static void join_volumes(const uint64_t *cells, size_t n, bool raw, qm_bars *out) {
    double *column = out->column[QM_VOLUME] + out->n;
    for (size_t i = 0; i < n; i++) {
        column[i] = raw ? from_bits(cells[i]) : (double)(int64_t)cells[i];
    }
}

static qm_status decode(const uint8_t *data, size_t length, uint64_t *cells, qm_bars *out) {
    chunk_header header;
    memcpy(&header, data, sizeof header);
    size_t n = header.n;
    const uint8_t *at = data + sizeof header, *end = data + length;
    uint64_t *const price[PRICE_COLUMNS] = {cells, cells + n, cells + 2 * n, cells + 3 * n};
    at = take_planes(at, end, price[0], n);
    at = take_planes(at, end, price[1], n);
    if (!at || (size_t)(end - at) < n) {
        return QM_EDATA;
    }
    join_times(price[0], price[1], n, out);
    memcpy(out->flags + out->n, at, n);
    at += n;
    for (int k = 0; k < PRICE_COLUMNS; k++) {
        at = take_planes(at, end, price[k], n);
    }
    if (!at) {
        return QM_EDATA;
    }
    join_prices(price, n, header.decimals, out);
    at = take_planes(at, end, cells, n);
    if (at != end) {
        return QM_EDATA;
    }
    join_volumes(cells, n, header.raw_volume, out);
    out->n += n;
    return QM_OK;
}

qm_status qm_chunk_decode(const void *data, size_t length, size_t raw_length, qm_bars *out) {
    chunk_header header;
    if (raw_length < sizeof header || raw_length > (size_t)1 << 30) {
        return QM_EDATA;
    }
    uint8_t *raw = qm_alloc(raw_length);
    qm_status status = raw ? qm_zstd_decompress(data, length, raw, raw_length) : QM_ENOMEM;
    uint64_t *cells = NULL;
    if (status == QM_OK) {
        memcpy(&header, raw, sizeof header);
        bool known = header.format == FORMAT &&
                     (header.decimals <= DECIMALS_MAX || header.decimals == DECIMALS_RAW);
        status = known && header.n <= raw_length ? QM_OK : QM_EDATA;
    }
    if (status == QM_OK) {
        cells = qm_reallocarray(NULL, (size_t)header.n * PRICE_COLUMNS + 1, sizeof *cells);
        status = cells ? qm_bars_reserve(out, out->n + header.n) : QM_ENOMEM;
    }
    if (status == QM_OK) {
        status = decode(raw, raw_length, cells, out);
    }
    qm_free(cells);
    qm_free(raw);
    return status;
}
