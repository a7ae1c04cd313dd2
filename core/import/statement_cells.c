/* SPDX-License-Identifier: MIT
 *
 * Cells of statements: what says nothing, numbers, times, codes, names of options.
 */
#include "import/statement_internal.h"

#include <string.h>
#include <strings.h>

qm_cell qm_cell_of(const char *text) {
    return (qm_cell){text, strlen(text)};
}

qm_cell qm_cell_trim(qm_cell cell) {
    while (cell.length > 0 && (unsigned char)cell.text[0] <= ' ') {
        cell.text++;
        cell.length--;
    }
    while (cell.length > 0 && (unsigned char)cell.text[cell.length - 1] <= ' ') {
        cell.length--;
    }
    return cell;
}

bool qm_cell_says(qm_cell cell) {
    cell = qm_cell_trim(cell);
    return cell.length > 0 && !(cell.text[0] == '-' &&
                                (cell.length == 1 || (cell.length == 2 && cell.text[1] == '-')));
}

bool qm_cell_is(qm_cell cell, const char *text) {
    cell = qm_cell_trim(cell);
    return cell.length == strlen(text) && memcmp(cell.text, text, cell.length) == 0;
}

bool qm_cell_starts(qm_cell cell, const char *text) {
    size_t n = strlen(text);
    return cell.length >= n && memcmp(cell.text, text, n) == 0;
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

bool qm_cell_has(qm_cell cell, const char *text) {
    size_t n = strlen(text);
    char first = lower(text[0]);
    for (size_t i = 0; i + n <= cell.length; i++) {
        if (lower(cell.text[i]) == first && strncasecmp(cell.text + i, text, n) == 0) {
            return true;
        }
    }
    return false;
}

bool qm_maker_number(maker *m, qm_cell cell, qm_decimal *out, bool *has) {
    bool says = qm_cell_says(cell);
    *out = QM_DECIMAL_ZERO;
    if (has) {
        *has = says;
    }
    if (!says) {
        return true;
    }
    qm_status status = qm_cell_decimal(cell, out);
    if (status != QM_OK) {
        qm_maker_reject(m, cell,
                        status == QM_ERANGE      ? "more than nine decimals"
                        : status == QM_EOVERFLOW ? "a number too large to be exact"
                                                 : "no number");
    }
    return status == QM_OK;
}

/* ---- times ---- */

typedef struct scan {
    const char *at, *end;
} scan;

static bool is_digit(const scan *s, size_t ahead) {
    return (size_t)(s->end - s->at) > ahead && s->at[ahead] >= '0' && s->at[ahead] <= '9';
}

static int digits(const scan *s) {
    int n = 0;
    while (is_digit(s, (size_t)n)) {
        n++;
    }
    return n;
}

static int32_t take(scan *s, int n) {
    int32_t value = 0;
    while (n-- > 0) {
        value = value * 10 + (*s->at++ - '0');
    }
    return value;
}

static bool take_char(scan *s, char c) {
    bool is = s->at < s->end && *s->at == c;
    s->at += is;
    return is;
}

static bool take_month(scan *s, int32_t *out) {
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int i = 0; s->end - s->at >= 3 && i < 12; i++) {
        if (strncasecmp(s->at, names + 3 * i, 3) == 0) {
            *out = i + 1;
            while (s->at < s->end && ((*s->at | 0x20) >= 'a' && (*s->at | 0x20) <= 'z')) {
                s->at++;
            }
            return true;
        }
    }
    return false;
}

static bool make_date(int32_t year, int32_t month, int32_t day, qm_date *out) {
    year += year < 100 ? 2000 : 0;
    if (year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1 ||
        day > qm_days_in_month(year, month)) {
        return false;
    }
    *out = qm_date_from_ymd(year, month, day);
    return true;
}

/* The parts of 1/2/2025, 01-02-2025, 02-Jan-25, after the first number. */
static bool take_rest(scan *s, int32_t first, qm_date *out) {
    char mark = *s->at++;
    int32_t month, day;
    if (take_month(s, &month)) {
        day = first;
    } else {
        int n = digits(s);
        month = first;
        if (n < 1 || n > 2) {
            return false;
        }
        day = take(s, n);
    }
    int n = take_char(s, mark) ? digits(s) : 0;
    return (n == 2 || n == 4) && make_date(take(s, n), month, day, out);
}

static bool take_date(scan *s, qm_date *out) {
    int32_t month;
    int n = digits(s);
    if (n == 8) {
        int32_t year = take(s, 4);
        month = take(s, 2);
        return make_date(year, month, take(s, 2), out);
    }
    if (n == 4) {
        int32_t year = take(s, 4);
        if (!take_char(s, '-') || digits(s) != 2) {
            return false;
        }
        month = take(s, 2);
        return take_char(s, '-') && digits(s) == 2 && make_date(year, month, take(s, 2), out);
    }
    if (n == 1 || n == 2) {
        int32_t first = take(s, n);
        return s->at < s->end && (*s->at == '/' || *s->at == '-') && take_rest(s, first, out);
    }
    if (!take_month(s, &month) || !take_char(s, ' ')) {
        return false;
    }
    n = digits(s);
    int32_t day = n == 1 || n == 2 ? take(s, n) : 0;
    return take_char(s, ',') && take_char(s, ' ') && digits(s) == 4 &&
           make_date(take(s, 4), month, day, out);
}

static bool take_clock(scan *s, int64_t *ns) {
    int n = digits(s);
    int32_t hour, minute, second = 0;
    if (n == 6 || n == 4) {
        hour = take(s, 2);
        minute = take(s, 2);
        second = n == 6 ? take(s, 2) : 0;
    } else if (n == 1 || n == 2) {
        hour = take(s, n);
        if (!take_char(s, ':') || digits(s) != 2) {
            return false;
        }
        minute = take(s, 2);
        if (take_char(s, ':')) {
            if (digits(s) != 2) {
                return false;
            }
            second = take(s, 2);
        }
    } else {
        return false;
    }
    if (s->end - s->at >= 3 && s->at[0] == ' ' && (s->at[2] == 'M' || s->at[2] == 'm')) {
        bool pm = (s->at[1] | 0x20) == 'p';
        if ((!pm && (s->at[1] | 0x20) != 'a') || hour < 1 || hour > 12) {
            return false;
        }
        hour = hour % 12 + (pm ? 12 : 0);
        s->at += 3;
    }
    *ns = (int64_t)(hour * 3600 + minute * 60 + second) * QM_SECOND_NS;
    return hour < 24 && minute < 60 && second < 60;
}

static bool take_zone(scan *s, cell_time *out) {
    if (take_char(s, 'Z')) {
        out->has_zone = true;
    } else if (s->at < s->end && (*s->at == '+' || *s->at == '-')) {
        bool west = *s->at++ == '-';
        int n = digits(s);
        if (n != 4 && n != 2) {
            return false;
        }
        int32_t minutes = 60 * take(s, 2);
        if (n == 4 || take_char(s, ':')) {
            if (digits(s) != 2) {
                return false;
            }
            minutes += take(s, 2);
        }
        out->has_zone = true;
        out->offset_ns = (west ? -1 : 1) * minutes * QM_MINUTE_NS;
    } else if (s->at < s->end && *s->at == ' ') { /* " EDT" */
        s->at++;
        while (s->at < s->end && *s->at >= 'A' && *s->at <= 'Z') {
            s->at++;
        }
    }
    return s->at == s->end;
}

bool qm_cell_when(qm_cell cell, cell_time *out) {
    cell = qm_cell_trim(cell);
    scan s = {cell.text, cell.text + cell.length};
    cell_time t = {.ns = -1};
    if (!take_date(&s, &t.date)) {
        return false;
    }
    if (s.at < s.end) {
        bool comma = take_char(&s, ',');
        bool mark = take_char(&s, ' ') || comma || take_char(&s, ';') || take_char(&s, 'T');
        if (!mark || !take_clock(&s, &t.ns) || !take_zone(&s, &t)) {
            return false;
        }
    }
    *out = t;
    return true;
}

bool qm_maker_when(maker *m, qm_cell cell, qm_fact *fact) {
    cell_time t;
    if (!qm_cell_when(cell, &t)) {
        qm_maker_reject(m, cell, "no date");
        return false;
    }
    fact->date = t.date;
    fact->ns = t.ns;
    return true;
}

bool qm_codes_have(qm_cell codes, const char *code) {
    size_t n = strlen(code);
    for (size_t i = 0; i < codes.length;) {
        size_t end = i;
        while (end < codes.length && codes.text[end] != ';') {
            end++;
        }
        qm_cell one = qm_cell_trim((qm_cell){codes.text + i, end - i});
        if (one.length == n && memcmp(one.text, code, n) == 0) {
            return true;
        }
        i = end + 1;
    }
    return false;
}

void qm_fact_codes(qm_fact *f, qm_cell codes) {
    bool assigned = qm_codes_have(codes, "A"), expired = qm_codes_have(codes, "Ep");
    bool exercised =
        qm_codes_have(codes, "Ex") || qm_codes_have(codes, "MEx") || qm_codes_have(codes, "AEx");
    bool either =
        qm_codes_have(codes, "GEA"); /* from offsetting positions: by the side it closes */
    bool option = f->asset == QM_ASSET_OPTION || f->asset == QM_ASSET_FUTURE_OPTION;
    f->opens = f->opens || qm_codes_have(codes, "O");
    f->closes = f->closes || qm_codes_have(codes, "C");
    f->cancels = f->cancels || qm_codes_have(codes, "Ca");
    if (!option) {
        f->delivery = assigned || exercised || either;
    } else if (expired) {
        f->kind = QM_FACT_EXPIRY;
    } else if (assigned || (either && f->quantity.raw > 0)) {
        f->kind = QM_FACT_ASSIGNMENT;
    } else if (exercised || either) {
        f->kind = QM_FACT_EXERCISE;
    }
}
