/* SPDX-License-Identifier: MIT
 *
 * A strategy to start from, with a spec that passes.
 */
#include "app/write_file.h"
#include "base/buf.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME_LIMIT = 40 };

/* @ stands for the name. */
static const char STRATEGY[] =
    "-- @: what it does, in one line.\n"
    "-- qm check @.lua | qm backtest @.lua | qm test @_spec.lua | qm run @.lua\n"
    "\n"
    "local qm = require \"qm\"\n"
    "\n"
    "return qm.strategy {\n"
    "    name = \"@\",\n"
    "    version = 1, -- of the shape of ctx.state: with another number, write migrate(state, "
    "from)\n"
    "\n"
    "    -- Changed with --set fast=20, without editing the file.\n"
    "    params = {\n"
    "        fast = qm.integer { default = 10, min = 2, max = 200, help = \"fast average, bars\" "
    "},\n"
    "        slow = qm.integer { default = 30, min = 3, max = 400, help = \"slow average, bars\" "
    "},\n"
    "        weight = qm.number { default = 0.95, min = 0, max = 1, help = \"share of the equity\" "
    "},\n"
    "    },\n"
    "\n"
    "    universe = { \"SPY\" },\n"
    "    timeframe = \"1d\",\n"
    "\n"
    "    -- Computed natively for each symbol and handed to on_bar in this order.\n"
    "    inputs = function(p)\n"
    "        return { qm.ta.sma(p.fast), qm.ta.sma(p.slow) }\n"
    "    end,\n"
    "\n"
    "    -- Once for each completed bar of each symbol, when all inputs are defined. Orders fill "
    "at\n"
    "    -- the next bar.\n"
    "    on_bar = function(ctx, bar, fast, slow)\n"
    "        local held = ctx:position(bar.symbol).qty > 0\n"
    "        if fast > slow and not held then\n"
    "            ctx:target(bar.symbol, ctx.params.weight)\n"
    "        elseif fast <= slow and held then\n"
    "            ctx:target(bar.symbol, 0)\n"
    "        elseif not held then\n"
    "            -- Feeds the funnel of rules and `qm why-not`.\n"
    "            ctx:skip { symbol = bar.symbol, rule = \"fast_above_slow\", value = fast, limit = "
    "slow }\n"
    "        end\n"
    "    end,\n"
    "}\n";

static const char SPEC[] =
    "-- Specs of @: qm test @_spec.lua\n"
    "\n"
    "local qm_bin = os.getenv \"QM_BIN\" or \"qm\" -- set by qm test\n"
    "local here = debug.getinfo(1, \"S\").source:match \"^@(.*/)\" or \"./\"\n"
    "\n"
    "-- Bars on weekdays from 2024-01-02 on; close(i) gives the prices.\n"
    "local function bars(count, close)\n"
    "    local lines = { \"date,open,high,low,close,volume\" }\n"
    "    local day = os.time { year = 2024, month = 1, day = 2, hour = 12 }\n"
    "    while #lines <= count do\n"
    "        local weekday = os.date(\"*t\", day).wday\n"
    "        if weekday ~= 1 and weekday ~= 7 then\n"
    "            local c = close(#lines)\n"
    "            lines[#lines + 1] = (\"%s,%.2f,%.2f,%.2f,%.2f,1000\"):format(\n"
    "                os.date(\"%Y-%m-%d\", day), c, c + 1, c - 1, c)\n"
    "        end\n"
    "        day = day + 86400\n"
    "    end\n"
    "    local path = os.tmpname()\n"
    "    local file = assert(io.open(path, \"w\"))\n"
    "    file:write(table.concat(lines, \"\\n\"), \"\\n\")\n"
    "    file:close()\n"
    "    return path\n"
    "end\n"
    "\n"
    "local function backtest(path)\n"
    "    local pipe = io.popen((\"%s backtest %s@.lua --bars SPY=%s --no-journal --json "
    "2>&1\"):format(\n"
    "        qm_bin, here, path))\n"
    "    local out = pipe:read \"a\"\n"
    "    pipe:close()\n"
    "    os.remove(path)\n"
    "    return out\n"
    "end\n"
    "\n"
    "describe(\"@\", function()\n"
    "    it(\"buys once when prices rise\", function()\n"
    "        local out = backtest(bars(60, function(i) return 100 + i end))\n"
    "        local _, buys = out:gsub('\"side\":\"buy\",\"qty\"', \"\")\n"
    "        assert.equal(1, buys, out)\n"
    "    end)\n"
    "\n"
    "    it(\"stays out when prices fall\", function()\n"
    "        local out = backtest(bars(60, function(i) return 200 - i end))\n"
    "        assert.truthy(out:find('\"fills\":[]', 1, true), out)\n"
    "    end)\n"
    "end)\n";

static void fill_in(const char *text, const char *name, qm_buf *out) {
    for (const char *at = text; *at; at++) {
        /* "^@(" in the spec is Lua's own. */
        if (*at == '@' && at[1] != '(') {
            qm_buf_puts(out, name);
        } else {
            qm_buf_putc(out, *at);
        }
    }
}

static bool is_name(const char *name) {
    bool ok = islower((unsigned char)name[0]) && strlen(name) <= NAME_LIMIT;
    for (const char *c = name; ok && *c; c++) {
        ok = islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '_';
    }
    return ok;
}

static qm_status run(const qm_args *args, qm_error *err) {
    const char *name = args->values[1], *folder = qm_args_get(args, "dir", ".");
    if (strcmp(args->values[0], "strategy") != 0) {
        return qm_error_set(err, QM_EUSAGE, "new: no \"%s\": use strategy", args->values[0]);
    }
    if (!is_name(name)) {
        return qm_error_set(err, QM_EUSAGE,
                            "new: \"%s\": a name is a-z, then a-z 0-9 _, at most %d characters",
                            name, NAME_LIMIT);
    }
    char file[4200], spec[4200];
    qm_buf text;
    qm_buf_init(&text, 1 << 16);
    snprintf(file, sizeof file, "%s/%s.lua", folder, name);
    snprintf(spec, sizeof spec, "%s/%s_spec.lua", folder, name);
    fill_in(STRATEGY, name, &text);
    qm_status status = qm_write_new(file, &text, err);
    if (status == QM_OK) {
        qm_buf_clear(&text);
        fill_in(SPEC, name, &text);
        status = qm_write_new(spec, &text, err);
        if (status != QM_OK) {
            unlink(file); /* both or none */
        }
    }
    qm_buf_clear(&text);
    if (status == QM_OK) {
        qm_buf_printf(&text, "%s\n%s\n\nNext: qm check %s; qm test %s; qm backtest %s\n", file,
                      spec, file, spec, file);
        status = qm_print(&text, err);
    }
    qm_buf_fini(&text);
    return status;
}

static const char *const OPTIONS[] = {"dir=", NULL};

const qm_command qm_command_new = {
    "new",
    "a strategy to start from, with its spec",
    "usage: qm new strategy NAME [--dir FOLDER]\n\n"
    "Writes NAME.lua and NAME_spec.lua, which pass qm check and qm test as they are. Files that\n"
    "exist are an error, and stay.\n",
    OPTIONS,
    2,
    2,
    run};
