/* SPDX-License-Identifier: MIT */
#include "app/phrase.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *words; /* lower case */
    const char *strategy, *preset;
} STRATEGIES[] = {
    {"conservative dca", "dca", "dca_conservative"},
    {"aggressive dca", "dca", "dca_aggressive"},
    {"dca", "dca", ""},
    {"atr matrix", "atr_matrix", ""},
    {"atr options", "atr_options", ""},
    {"scan", "jobs/scan", ""},
    {"daily summary", "jobs/daily_summary", ""},
};

static const struct {
    const char *word, *broker;
} BROKERS[] = {{"paper", "paper"},
               {"ibkr", "ibkr"},
               {"interactive brokers", "ibkr"},
               {"tastytrade", "tastytrade"}};

/* What a part of the phrase sets. */
static const struct {
    const char *words, *name, *value;
} SETTINGS[] = {{"monthly rebalancing", "rebalance", "monthly"},
                {"no rebalancing", "rebalance", "never"},
                {"lump sum", "initial", "lump"},
                {"growth allocation", NULL, NULL}}; /* the aggressive preset's own mix */

static void lower(char *text) {
    for (; *text; text++) {
        *text = (char)tolower((unsigned char)*text);
    }
}

bool qm_phrase_is(const char *text) {
    char start[5] = "";
    strncpy(start, text, 4);
    lower(start);
    return strcmp(start, "run ") == 0;
}

/* The next part up to a comma that does not stand inside a number, blanks trimmed; false at the
 * end. */
static bool next_part(const char **at, char *out, size_t size) {
    while (**at == ' ' || **at == ',') {
        (*at)++;
    }
    size_t n = 0;
    for (; **at; (*at)++) {
        bool inside = **at == ',' && isdigit((unsigned char)(*at)[1]) && n > 0 &&
                      isdigit((unsigned char)out[n - 1]);
        if (**at == ',' && !inside) {
            break;
        }
        if (n + 1 < size) {
            out[n++] = **at;
        }
    }
    while (n > 0 && out[n - 1] == ' ') {
        n--;
    }
    out[n] = 0;
    return n > 0;
}

static qm_status not_understood(const char *word, qm_error *err) {
    return qm_error_set(err, QM_EUSAGE, "run: \"%s\" is not understood", word);
}

/* The comma stands before groups of exactly three digits: 10,5 is no amount. */
static bool is_thousands(const char *comma) {
    size_t n = 0;
    while (isdigit((unsigned char)comma[1 + n])) {
        n++;
    }
    return n == 3;
}

/* $25k, 10,000, 1.5m */
static bool read_amount(const char *text, qm_decimal *out) {
    char digits[64];
    size_t n = 0;
    text += *text == '$';
    for (; (isdigit((unsigned char)*text) || *text == '.' || *text == ',') && n < 60; text++) {
        if (*text != ',') {
            digits[n++] = *text;
        } else if (!is_thousands(text)) {
            return false;
        }
    }
    int64_t factor = *text == 'k' ? 1000 : *text == 'm' ? 1000000 : 1;
    text += factor > 1;
    qm_decimal value;
    return n > 0 && *text == 0 && qm_decimal_parse(digits, n, &value) == QM_OK &&
           qm_decimal_mul_ratio(value, factor, 1, QM_ROUND_HALF_EVEN, out) == QM_OK;
}

static bool add_set(qm_phrase *p, const char *name, const char *value) {
    if (p->set_count == QM_PHRASE_SETS) {
        return false;
    }
    snprintf(p->sets[p->set_count].name, sizeof p->sets[0].name, "%s", name);
    snprintf(p->sets[p->set_count++].value, sizeof p->sets[0].value, "%s", value);
    return true;
}

/* "20% profit", "80% reinvest" */
static bool read_share(const char *text, qm_phrase *p) {
    double percent;
    char word[32], value[32], rest;
    if (sscanf(text, "%lf%% %31[a-z]%c", &percent, word, &rest) != 2) {
        return false;
    }
    const char *name = strcmp(word, "profit") == 0     ? "profit_target"
                       : strcmp(word, "reinvest") == 0 ? "reinvest"
                                                       : NULL;
    snprintf(value, sizeof value, "%.10g", percent / 100);
    return name && add_set(p, name, value);
}

static qm_status read_symbols(const char *text, const char **rest, qm_phrase *p, qm_error *err) {
    char part[256];
    snprintf(part, sizeof part, "%s", text);
    do {
        if (p->symbol_count == QM_PHRASE_SYMBOLS || strlen(part) >= 32 || strchr(part, ' ')) {
            return not_understood(part, err);
        }
        snprintf(p->symbols[p->symbol_count++], 32, "%.31s", part);
    } while (next_part(rest, part, sizeof part));
    return QM_OK;
}

static qm_status read_part(const char *part, qm_phrase *p, qm_error *err) {
    if (read_amount(part, &p->capital)) {
        bool twice = p->has_capital;
        p->has_capital = true;
        return twice ? qm_error_set(err, QM_EUSAGE, "run: a second amount, \"%s\"", part) : QM_OK;
    }
    for (size_t i = 0; i < sizeof SETTINGS / sizeof SETTINGS[0]; i++) {
        if (strcmp(SETTINGS[i].words, part) == 0) {
            bool ok = !SETTINGS[i].name || add_set(p, SETTINGS[i].name, SETTINGS[i].value);
            return ok ? QM_OK : not_understood(part, err);
        }
    }
    return read_share(part, p) ? QM_OK : not_understood(part, err);
}

static qm_status read_broker(const char *word, qm_phrase *p, qm_error *err) {
    for (size_t i = 0; i < sizeof BROKERS / sizeof BROKERS[0]; i++) {
        if (strcmp(BROKERS[i].word, word) == 0) {
            snprintf(p->broker, sizeof p->broker, "%s", BROKERS[i].broker);
            return QM_OK;
        }
    }
    return not_understood(word, err);
}

/* "run NAME [on BROKER]" */
static qm_status read_head(char *head, qm_phrase *p, qm_error *err) {
    char *name = head + 4;
    char *on = strstr(name, " on ");
    if (on) {
        *on = 0;
        qm_status status = read_broker(on + 4, p, err);
        if (status != QM_OK) {
            return status;
        }
    }
    for (size_t i = 0; i < sizeof STRATEGIES / sizeof STRATEGIES[0]; i++) {
        if (strcmp(STRATEGIES[i].words, name) == 0) {
            snprintf(p->strategy, sizeof p->strategy, "%s", STRATEGIES[i].strategy);
            snprintf(p->preset, sizeof p->preset, "%s", STRATEGIES[i].preset);
            return QM_OK;
        }
    }
    return not_understood(name, err);
}

qm_status qm_phrase_parse(const char *text, qm_phrase *out, qm_error *err) {
    char part[256], folded[256];
    const char *at = text;
    memset(out, 0, sizeof *out);
    snprintf(out->broker, sizeof out->broker, "paper");
    if (!next_part(&at, part, sizeof part)) {
        return not_understood(text, err);
    }
    char *symbols = strstr(part, " for ");
    if (symbols) {
        *symbols = 0;
    }
    snprintf(folded, sizeof folded, "%s", part);
    lower(folded);
    qm_status status = read_head(folded, out, err);
    if (status == QM_OK && symbols) {
        return read_symbols(symbols + 5, &at, out, err);
    }
    while (status == QM_OK && next_part(&at, part, sizeof part)) {
        if (strncmp(part, "for ", 4) == 0) {
            return read_symbols(part + 4, &at, out, err);
        }
        symbols = strstr(part, " for ");
        if (symbols) {
            *symbols = 0;
        }
        snprintf(folded, sizeof folded, "%s", part);
        lower(folded);
        status = read_part(folded, out, err);
        if (status == QM_OK && symbols) {
            return read_symbols(symbols + 5, &at, out, err);
        }
    }
    return status;
}

void qm_phrase_echo(const qm_phrase *p, char *out, size_t size) {
    char capital[QM_DECIMAL_BUF] = "the default";
    if (p->has_capital) {
        qm_decimal_format(p->capital, capital);
    }
    int n = snprintf(out, size, "strategy %s%s%s, broker %s, capital %s", p->strategy,
                     p->preset[0] ? ", preset " : "", p->preset, p->broker, capital);
    for (int i = 0; i < p->set_count && n > 0 && (size_t)n < size; i++) {
        n += snprintf(out + n, size - (size_t)n, ", %s %s", p->sets[i].name, p->sets[i].value);
    }
    for (int i = 0; i < p->symbol_count && n > 0 && (size_t)n < size; i++) {
        n += snprintf(out + n, size - (size_t)n, "%s %s", i ? "," : ", for", p->symbols[i]);
    }
}
