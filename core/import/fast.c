/* SPDX-License-Identifier: MIT
 *
 * The common shape of a row without a detour: an ISO stamp, plain numbers of at most 15 digits, one
 * separator. Anything else is left to the general path, which then reads the same row.
 *
 * Cells are read eight bytes at a time. A row of the common shape has a longest length, and a row
 * is only begun when so many bytes are in memory: no step in it has to look for their end.
 *
 * Minutes of a day mostly differ in their digits only: a row that was read becomes the pattern of
 * those behind it, and where one fits, every cell but the last is where it was.
 */
#include "import/internal.h"

#include <endian.h>
#include <math.h>
#include <string.h>

enum { MOST_DIGITS = 15 };

/* The longest cell of the common shape and its end, with what a load of eight bytes takes beyond:
 * a stamp of 19 bytes, or a number of 15 digits and a point. */
enum { LONGEST_CELL = 32 };

static const double POWERS[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Eight bytes, the first lowest; digits have become 0 to 9. */
static inline uint64_t load(const char *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return le64toh(word) ^ EACH('0');
}

/* The top bit of each byte that is no digit. Behind the first byte that is not ASCII it may be set
 * too often. */
static inline uint64_t not_digits(uint64_t word) {
    return ((word + EACH(0x80 - 10)) | word) & EACH(0x80);
}

static inline unsigned first_of(uint64_t marks) {
    return (unsigned)__builtin_ctzll(marks) / 8;
}

/* The number that eight bytes of 0 to 9 spell: neighbours become pairs, pairs fours, fours eight.
 */
static inline uint64_t spelled(uint64_t digits) {
    digits = (digits * 10 + (digits >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
    digits = (digits * 100 + (digits >> 16)) & UINT64_C(0x0000ffff0000ffff);
    return (digits * 10000 + (digits >> 32)) & UINT64_C(0x00000000ffffffff);
}

/* Exact up to 15 digits: both operands are, and the division rounds once, as strtod does. */
static inline double ratio(uint64_t mantissa, unsigned decimals) {
    return (double)(int64_t)mantissa / POWERS[decimals];
}

/* Any length; NULL: no plain number. */
static const char *take_long(const char *at, double *out) {
    uint64_t mantissa = 0;
    const char *first = at, *point = NULL;
    for (; at - first <= MOST_DIGITS + 1; at++) {
        unsigned digit = (unsigned)*at - '0';
        if (digit < 10) {
            mantissa = mantissa * 10 + digit;
        } else if (*at == '.' && !point) {
            point = at;
        } else {
            break;
        }
    }
    long digits = at - first - (point != NULL);
    if (digits < 1 || digits > MOST_DIGITS) {
        return NULL;
    }
    *out = ratio(mantissa, point ? (unsigned)(at - point - 1) : 0);
    return at;
}

/* A plain number up to what is none of its characters; NULL when it is none. */
static inline const char *take_number(const char *at, double *out) {
    uint64_t word = load(at), marks = not_digits(word);
    if (marks == 0) {
        return take_long(at, out);
    }
    unsigned whole = first_of(marks);
    if (whole == 0) {
        return NULL;
    }
    if (at[whole] != '.') {
        *out = (double)(int64_t)spelled(word << (64 - 8 * whole));
        return at + whole;
    }
    marks &= marks - 1;
    if (marks == 0) {
        return take_long(at, out);
    }
    unsigned length = first_of(marks);
    uint64_t front = (UINT64_C(1) << (8 * whole)) - 1;
    uint64_t digits = (word & front) | ((word >> 8) & ~front); /* the point is left out */
    *out = ratio(spelled(digits << (64 - 8 * (length - 1))), length - 1 - whole);
    return at + length;
}

/* "2007-01-03" into r->today. */
static bool new_date(reader *r, const char *at) {
    qm_date date;
    if (qm_date_parse(at, 10, &date) != QM_OK ||
        date < qm_date_from_ymd(QM_STAMP_FIRST_YEAR, 1, 1) ||
        date > qm_date_from_ymd(QM_STAMP_LAST_YEAR, 12, 31)) {
        return false;
    }
    qm_day_set(r, date);
    memcpy(r->date_text, at, sizeof r->date_text);
    return true;
}

/* "09:30:00" or "09:30" into nanoseconds; NULL when it is none. */
static inline const char *take_clock(const char *at, int64_t *ns) {
    static const uint64_t colons = UINT64_C(0x0000ff0000ff0000);
    uint64_t word = load(at);
    size_t length = 8;
    if (at[5] != ':') {
        word = (word & UINT64_C(0xffffffffff)) | (uint64_t)(':' ^ '0') << 40;
        length = 5;
    }
    word ^= colons & EACH(':' ^ '0'); /* what stands in place of a colon must now be zero */
    uint64_t most = (EACH(0x80 - 10) & ~colons) | (EACH(0x7f) & colons);
    uint64_t pairs = word * 10 + (word >> 8);
    int64_t hour = pairs & 0xff, minute = pairs >> 24 & 0xff, second = pairs >> 48 & 0xff;
    if ((((word + most) | word) & EACH(0x80)) || hour > 23 || minute > 59 || second > 59) {
        return NULL;
    }
    *ns = (hour * 3600 + minute * 60 + second) * QM_SECOND_NS;
    return at + length;
}

/* The stamp cell; NULL when it is not of the common shape. */
static inline const char *take_stamp(reader *r, const char *at, qm_time *time) {
    int64_t ns;
    if (memcmp(r->date_text, at, sizeof r->date_text) != 0 && !new_date(r, at)) {
        return NULL;
    }
    at += sizeof r->date_text;
    if (!r->intraday) {
        *time = r->today.hours.close;
        return at;
    }
    if ((*at != ' ' && *at != 'T') || !r->today.plain) {
        return NULL;
    }
    at = take_clock(at + 1, &ns);
    if (at) {
        *time = r->today.midnight + ns;
    }
    return at;
}

/* A row in the making. */
typedef struct line {
    qm_time time;
    double x[FIELD_COUNT + 1]; /* the last takes what is not read */
} line;

/* One line; NULL: leave it to the general path. */
static inline const char *take_line(reader *r, const char *at, char separator, line *out) {
    const layout *l = &r->layout;
    for (int cell = 0; cell < l->cells; cell++) {
        int field = l->field[cell];
        bool last = cell + 1 == l->cells;
        at = field == FIELD_STAMP ? take_stamp(r, at, &out->time)
                                  : take_number(at, &out->x[field < 0 ? FIELD_COUNT : field]);
        if (!at) {
            return NULL;
        }
        at += last && *at == '\r';
        if (*at != (last ? '\n' : separator)) {
            return NULL;
        }
        at++;
    }
    return at;
}

enum { PATTERN_BYTES = 96, PATTERN_WORDS = PATTERN_BYTES / 8 };

/* A number of at most eight bytes with its point. */
typedef struct number {
    int field;
    unsigned offset, decimals, shift; /* shift: its digits to the end of the word */
    uint64_t front;                   /* the bytes before the point */
} number;

/* A row up to its last cell. */
typedef struct pattern {
    size_t length; /* 0: none */
    int words, numbers;
    unsigned offset[PATTERN_WORDS]; /* of each word; the last ends where the pattern does */
    uint64_t text[PATTERN_WORDS];   /* zero for a digit, which may be another one */
    uint64_t room[PATTERN_WORDS];   /* what a byte's difference may take to stay below 0x80 */
    number number[PATTERN_WORDS];
} pattern;

static bool note_number(pattern *p, int field, const char *row, const char *at, const char *stop) {
    size_t length = (size_t)(stop - at);
    const char *point = memchr(at, '.', length);
    size_t whole = point ? (size_t)(point - at) : length, digits = length - (point != NULL);
    if (length > 8 || digits == 0 || p->numbers == PATTERN_WORDS) {
        return false;
    }
    p->number[p->numbers++] = (number){
        .field = field < 0 ? FIELD_COUNT : field,
        .offset = (unsigned)(at - row),
        .decimals = (unsigned)(digits - whole),
        .shift = (unsigned)(64 - 8 * digits),
        .front = whole < 8 ? (UINT64_C(1) << (8 * whole)) - 1 : UINT64_MAX,
    };
    return true;
}

/* Of a row that was read. */
static void note_pattern(const reader *r, const char *row, char separator, pattern *p) {
    const layout *l = &r->layout;
    const char *at = row;
    p->length = 0;
    p->numbers = p->words = 0;
    for (int cell = 0; cell + 1 < l->cells; cell++) {
        const char *stop = memchr(at, separator, LONGEST_CELL);
        if (cell > 0 && !note_number(p, l->field[cell], row, at, stop)) {
            return;
        }
        at = stop + 1;
    }
    size_t length = (size_t)(at - row);
    if (length > PATTERN_BYTES) {
        return;
    }
    for (size_t from = 0; from < length; from += 8) {
        size_t offset = from + 8 < length ? from : length - 8;
        uint64_t word = load(row + offset), marks = not_digits(word);
        uint64_t kept = (marks >> 7) * 0xff;
        p->offset[p->words] = (unsigned)offset;
        p->text[p->words] = word & kept;
        p->room[p->words++] = (EACH(0x80 - 10) & ~kept) | (EACH(0x7f) & kept);
    }
    p->length = length;
}

static inline bool fits(const pattern *p, const char *at) {
    uint64_t over = 0;
    for (int k = 0; k < p->words; k++) {
        uint64_t difference = load(at + p->offset[k]) ^ p->text[k];
        over |= (difference + p->room[k]) | difference;
    }
    return (over & EACH(0x80)) == 0;
}

/* A line that fits; NULL: it does not. */
static inline const char *take_fitting(const reader *r, const pattern *p, const char *at,
                                       line *out) {
    int64_t ns;
    if (p->length == 0 || memcmp(r->date_text, at, sizeof r->date_text) != 0 || !fits(p, at) ||
        !take_clock(at + sizeof r->date_text + 1, &ns)) {
        return NULL;
    }
    out->time = r->today.midnight + ns;
    for (int k = 0; k < p->numbers; k++) {
        const number *n = &p->number[k];
        uint64_t word = load(at + n->offset);
        uint64_t digits = (word & n->front) | ((word >> 8) & ~n->front);
        out->x[n->field] = ratio(spelled(digits << n->shift), n->decimals);
    }
    int last = r->layout.field[r->layout.cells - 1];
    at = take_number(at + p->length, &out->x[last < 0 ? FIELD_COUNT : last]);
    if (!at) {
        return NULL;
    }
    at += *at == '\r';
    return *at == '\n' ? at + 1 : NULL;
}

static inline bool is_fine(const double *x) {
    double o = x[QM_OPEN], h = x[QM_HIGH], l = x[QM_LOW], c = x[QM_CLOSE];
    return l > 0 && h >= l && c >= l && c <= h && o >= l && o <= h;
}

static bool applies(const reader *r) {
    const layout *l = &r->layout;
    bool new_york = r->tz == qm_tz_new_york();
    return r->form == QM_STAMP_YMD && l->cells <= LAYOUT_CELLS && l->cell[FIELD_CLOCK] < 0 &&
           !r->options->keep_text && (!r->intraday || new_york);
}

/* Into the room behind the last bar, which must be there. */
static inline void put(const reader *r, qm_bars *bars, const line *row) {
    size_t n = bars->n++;
    bars->time[n] = row->time;
    bars->date[n] = r->today.date;
    bars->flags[n] = r->today.session ? 0 : QM_BAR_NO_SESSION;
    for (int k = 0; k < QM_COLUMN_COUNT; k++) {
        bars->column[k][n] = row->x[k];
    }
}

qm_status qm_rows_fast(reader *r, qm_error *err) {
    if (!applies(r)) {
        return QM_OK;
    }
    qm_cell window = qm_csv_window(r->csv);
    const char *at = window.text, *end = at + window.length;
    char separator = qm_csv_separator(r->csv);
    bool adjusted = r->layout.cell[FIELD_ADJUSTED] >= 0;
    qm_bars *bars = &r->out->bars;
    size_t before = bars->n;
    qm_time latest = bars->time[before - 1]; /* the first row of a file is not read here */
    line row = {.x[QM_VOLUME] = NAN};
    pattern shape = {.length = 0};
    bool patterned = r->intraday && r->layout.field[0] == FIELD_STAMP && r->layout.cells > 1;
    qm_status status = QM_OK;
    while (end - at >= r->layout.cells * LONGEST_CELL) {
        const char *next = take_fitting(r, &shape, at, &row);
        if (!next && (next = take_line(r, at, separator, &row)) && patterned) {
            note_pattern(r, at, separator, &shape);
        }
        if (!next || !is_fine(row.x) || row.time <= latest) {
            break; /* the general path words the error, or reads it */
        }
        if (bars->n == bars->capacity && (status = qm_bars_reserve(bars, bars->n + 1)) != QM_OK) {
            qm_error_set(err, status, "%s", qm_status_text(status));
            break;
        }
        double close = row.x[QM_CLOSE];
        r->out->has_adjusted |= adjusted && fabs(row.x[FIELD_ADJUSTED] - close) > 1e-6 * close;
        put(r, bars, &row);
        latest = row.time;
        at = next;
    }
    qm_csv_take(r->csv, (size_t)(at - window.text), (int64_t)(bars->n - before));
    return status;
}
