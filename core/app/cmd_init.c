/* SPDX-License-Identifier: MIT
 *
 * The first minute: a configuration file, from questions or flags.
 */
#include "app/desk.h"
#include "app/settings.h"
#include "app/write_file.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER_MAX = 512, CONFIG_VERSION = 1 };

static bool is_amount(const char *text) {
    qm_decimal d;
    return qm_decimal_parse(text, strlen(text), &d) == QM_OK && d.raw > 0;
}
static bool is_rate(const char *text) {
    qm_decimal d;
    return text[0] == 0 || (qm_decimal_parse(text, strlen(text), &d) == QM_OK && d.raw >= 0 &&
                            d.raw < QM_DECIMAL_SCALE);
}
static bool is_kind(const char *text) {
    qm_account_kind kind;
    return qm_account_kind_parse(text, &kind);
}
static bool is_type(const char *text) {
    return strcmp(text, "taxable") == 0 || strcmp(text, "ira") == 0;
}
static bool is_word(const char *text) {
    bool ok = islower((unsigned char)text[0]);
    for (const char *c = text; ok && *c; c++) {
        ok = islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '_';
    }
    return ok;
}
static bool is_folder(const char *text) {
    return text[0] && !strpbrk(text, "\"\\\n");
}
/* Symbols between commas and blanks. */
static bool is_symbols(const char *text) {
    char symbol[QM_SYMBOL_MAX];
    size_t length;
    for (text += strspn(text, ", "); *text; text += strspn(text, ", ")) {
        length = strcspn(text, ", ");
        snprintf(symbol, sizeof symbol, "%.*s", (int)length, text);
        if (length >= sizeof symbol || !qm_symbol_valid(symbol)) {
            return false;
        }
        text += length;
    }
    return true;
}

typedef enum answer {
    FOLDER,
    ACCOUNT,
    TYPE,
    KIND,
    CASH,
    SHORT_RATE,
    LONG_RATE,
    UNIVERSE,
    ANSWERS
} answer;

static const struct {
    const char *option, *question, *fallback;
    bool (*fits)(const char *text);
    const char *rule;
} QUESTIONS[ANSWERS] = {
    {"data", "Folder of prices and books", "", is_folder, "a path without quotes"},
    {"account", "Name of your account", "main", is_word, "a-z, then a-z 0-9 _"},
    {"type", "Its type for the tax office (taxable, ira)", "taxable", is_type, "taxable or ira"},
    {"kind", "Its kind at the broker (cash, margin, unlimited)", "margin", is_kind,
     "cash, margin or unlimited"},
    {"cash", "Paper capital in dollars", "100000", is_amount, "an amount above 0"},
    {"tax-short", "Tax rate of short-term gains (0.35; empty: not given)", "", is_rate,
     "a share from 0 to below 1"},
    {"tax-long", "Tax rate of long-term gains (0.15; empty: not given)", "", is_rate,
     "a share from 0 to below 1"},
    {"universe", "Symbols that you follow", "SPY, QQQ, IWM", is_symbols, "symbols with commas"},
};

/* One line of standard input; false at its end. */
static bool read_line(char *out, size_t size) {
    if (!fgets(out, (int)size, stdin)) {
        return false;
    }
    out[strcspn(out, "\r\n")] = 0;
    return true;
}

static qm_status ask(int i, const char *fallback, char *out, qm_error *err) {
    char line[ANSWER_MAX];
    for (;;) {
        fprintf(stderr, "%s [%s]: ", QUESTIONS[i].question, fallback);
        if (!read_line(line, sizeof line)) {
            return qm_error_set(err, QM_ECANCELLED, "init: no answer, nothing was written");
        }
        snprintf(out, ANSWER_MAX, "%s", line[0] ? line : fallback);
        if (QUESTIONS[i].fits(out)) {
            return QM_OK;
        }
        fprintf(stderr, "  \"%s\": must be %s\n", out, QUESTIONS[i].rule);
    }
}

static qm_status collect(const qm_args *args, char answers[ANSWERS][ANSWER_MAX], qm_error *err) {
    char folder[4096];
    bool asks = isatty(STDIN_FILENO) && !qm_args_has(args, "yes");
    if (!asks && !qm_args_has(args, "yes")) {
        return qm_error_set(err, QM_EUSAGE,
                            "init: no terminal to ask on: --yes takes the defaults and flags");
    }
    for (int i = 0; i < ANSWERS; i++) {
        const char *given = qm_args_get(args, QUESTIONS[i].option, NULL);
        const char *fallback =
            i == FOLDER ? qm_desk_folder(args, folder, sizeof folder) : QUESTIONS[i].fallback;
        if (given && (strlen(given) >= ANSWER_MAX || !QUESTIONS[i].fits(given))) {
            return qm_error_set(err, QM_EUSAGE, "init: --%s \"%.100s\": must be %s",
                                QUESTIONS[i].option, given, QUESTIONS[i].rule);
        }
        qm_status status = QM_OK;
        if (asks && !given) {
            status = ask(i, fallback, answers[i], err);
        } else {
            snprintf(answers[i], ANSWER_MAX, "%s", given ? given : fallback);
        }
        if (status != QM_OK) {
            return status;
        }
    }
    return QM_OK;
}

static void put_rate(qm_buf *out, const char *name, const char *rate, const char *example) {
    if (rate[0]) {
        qm_buf_printf(out, "        %s = \"%s\",\n", name, rate);
    } else {
        qm_buf_printf(out, "        -- %s = \"%s\", -- not given: results say \"no rates\"\n", name,
                      example);
    }
}

static void put_universe(qm_buf *out, const char *text) {
    qm_buf_puts(out, "    universe = {");
    const char *comma = " ";
    for (text += strspn(text, ", "); *text; text += strspn(text, ", ")) {
        size_t length = strcspn(text, ", ");
        qm_buf_printf(out, "%s\"%.*s\"", comma, (int)length, text);
        comma = ", ";
        text += length;
    }
    qm_buf_puts(out, " },\n");
}

static void write_config(char answers[ANSWERS][ANSWER_MAX], qm_buf *out) {
    qm_buf_printf(
        out,
        "-- Configuration of QuantMatrix. qm config check looks it over, qm config show\n"
        "-- prints what is in force. Money is text, so that no cent is lost.\n"
        "return {\n"
        "    version = %d, -- of this file's shape\n\n"
        "    -- Prices (market.db), books (book.db) and the journal of runs (journal.db).\n"
        "    data_dir = \"%s\",\n\n"
        "    -- qm run FILE.lua --account %s\n"
        "    accounts = {\n"
        "        %s = {\n"
        "            type = \"%s\", -- for the tax office: taxable or ira\n"
        "            kind = \"%s\", -- cash, margin or unlimited\n"
        "            broker = \"paper\",\n"
        "            cash = \"%s\", -- what a new strategy starts with\n"
        "        },\n"
        "    },\n\n"
        "    -- Shares of a gain: 0.35 is 35 %%.\n"
        "    tax = {\n",
        CONFIG_VERSION, answers[FOLDER], answers[ACCOUNT], answers[ACCOUNT], answers[TYPE],
        answers[KIND], answers[CASH]);
    put_rate(out, "short_term", answers[SHORT_RATE], "0.35");
    put_rate(out, "long_term", answers[LONG_RATE], "0.15");
    qm_buf_puts(out,
                "    },\n\n    -- Symbols that you follow: qm doctor looks after their data.\n");
    put_universe(out, answers[UNIVERSE]);
    qm_buf_puts(out, "\n    -- What paper trading costs.\n"
                     "    commission = \"per_share:0.005,min=1\",\n"
                     "    slippage = \"bps:1\",\n\n"
                     "    -- Orders beyond these are refused.\n"
                     "    -- limits = { max_order_notional = \"50000\", max_position_notional = "
                     "\"100000\" },\n\n"
                     "    log = { level = \"info\", format = \"text\" },\n"
                     "}\n");
}

/* What was there before stays beside it. */
static qm_status replace(const char *path, const qm_buf *text, qm_error *err) {
    char old[4200];
    snprintf(old, sizeof old, "%s.old", path);
    if (rename(path, old) != 0) {
        return qm_error_at(err, QM_EIO, path, 0, 0, "can't be moved to %s", old);
    }
    return qm_write_new(path, text, err);
}

static qm_status say(const char *path, const char *folder, bool wrote, qm_error *err) {
    qm_buf out;
    qm_buf_init(&out, 1 << 14);
    if (wrote) {
        qm_buf_printf(&out,
                      "%s is written, data goes to %s\n\nNext:\n"
                      "  qm demo                          the whole thing on made-up prices\n"
                      "  qm data import FILE.csv          your own prices\n"
                      "  qm new strategy mine             a strategy to start from\n"
                      "  qm doctor                        is all well?\n",
                      path, folder);
    } else {
        qm_buf_printf(&out, "%s exists: nothing was changed (--force writes a new one)\n", path);
    }
    qm_status status = qm_print(&out, err);
    qm_buf_fini(&out);
    return status;
}

static qm_status run(const qm_args *args, qm_error *err) {
    char path[4096], answers[ANSWERS][ANSWER_MAX];
    bool force = qm_args_has(args, "force");
    qm_settings_path(path, sizeof path);
    bool there = access(path, F_OK) == 0;
    qm_status status = collect(args, answers, err);
    if (status != QM_OK || (there && !force)) {
        return status == QM_OK ? say(path, "", false, err) : status;
    }
    qm_buf text;
    qm_buf_init(&text, 1 << 16);
    write_config(answers, &text);
    status = qm_make_folder_of(path, err);
    if (status == QM_OK) {
        status = there ? replace(path, &text, err) : qm_write_new(path, &text, err);
    }
    bool another = status == QM_EEXISTS; /* another qm init was first */
    if (status == QM_OK) {
        status = qm_make_folder(answers[FOLDER], err);
    }
    if (status == QM_OK || another) {
        status = say(path, answers[FOLDER], !another, err);
    }
    qm_buf_fini(&text);
    return status;
}

static const char *const OPTIONS[] = {
    "yes",   "force",      "data=",     "account=",  "type=", "kind=",
    "cash=", "tax-short=", "tax-long=", "universe=", NULL};

const qm_command qm_command_init = {
    "init",
    "a configuration file, from questions or flags",
    "usage: qm init [--yes] [--force] [--data DIR] [--account NAME] [--type taxable|ira]\n"
    "               [--kind cash|margin|unlimited] [--cash N] [--tax-short RATE]\n"
    "               [--tax-long RATE] [--universe \"SPY, QQQ\"]\n\n"
    "Asks what no flag says; --yes takes the defaults. Writes ~/.config/quantmatrix/config.lua "
    "(or\n"
    "QM_CONFIG) and makes the data folder. A file that is there stays, unless --force, which "
    "keeps\n"
    "it as config.lua.old.\n",
    OPTIONS,
    0,
    0,
    run};
