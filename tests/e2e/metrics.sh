#!/bin/bash
# SPDX-License-Identifier: MIT
# Metrics of a backtest: round trips by hand, the rest against tests/e2e/metrics.lua.
. "$(dirname "$0")/lib.sh"

# One line a bar: what is done at its close, {side, qty[, stop]}.
cat >plan.lua <<'L'
local qm = require "qm"
local plan = {
    [1] = { "buy", 10 }, -- filled at the open of the 2nd
    [3] = { "sell", 10 },
    [5] = { "sell", 10 },
    [6] = { "buy", 15 }, -- through zero: 10 to cover, 5 to hold
    [9] = { "sell", 10 }, -- 5 have become 10 by a split
    [10] = { "buy", 4 },
}
return qm.strategy {
    name = "plan", universe = { "SPY" }, timeframe = "1d",
    init = function(ctx) ctx.state.n = 0 end,
    on_fill = function(ctx, fill)
        if not ctx.state.stop then
            ctx.state.stop = ctx:sell { fill.symbol, qty = 10, type = "stop", stop = "95", tif = "gtc" }.id
        end
    end,
    on_bar = function(ctx, bar)
        ctx.state.n = ctx.state.n + 1
        local now = plan[ctx.state.n]
        if ctx.state.n == 2 then ctx:replace(ctx.state.stop, { stop = "97" }) end
        if ctx.state.n == 3 then ctx:cancel(ctx.state.stop) end
        if now then ctx[now[1]](ctx, { bar.symbol, qty = now[2], type = "market", short = true }) end
    end,
}
L
cat >SPY.csv <<'E'
date,open,high,low,close,volume
2024-01-02,99,101,98,99,1000
2024-01-03,100,104,98,103,1000
2024-01-04,103,110,101,108,1000
2024-01-05,109,140,50,109,1000
2024-01-08,109,110,108,110,1000
2024-01-09,110,112,100,101,1000
2024-01-10,102,108,101,106,1000
2024-01-11,106,109,105,107,1000
2024-01-12,54,60,53,59,1000
2024-01-16,58,70,40,57,1000
2024-01-17,57,58,56,57,1000
E
run 0 data import SPY.csv
run 0 data actions add SPY split 2024-01-12 2:1
run 0 backtest plan.lua --no-journal --json --commission per_share:0.1
trips() { json "rows(d.metrics.round_trips, $1)"; }
same "trips" "$(trips '"side", "entered", "exited", "qty", "bought", "sold", "fees", "profit"')" \
    "long|2024-01-03|2024-01-05|10|1000|1090|2|88 short|2024-01-09|2024-01-10|10|1020|1100|2|78 long|2024-01-10|2024-01-16|10|510|580|1.5|68.5"
number() { same "$1" "$(json "('%.9f'):format(d.metrics.$1)")" "$2"; }
# 1: 100, seen are the bars of the 3rd and 4th, not that of the exit: 98 to 110; the first stop was 95, later 97: 88 / 50
number 'round_trips[1].mae' -0.020000000
number 'round_trips[1].mfe' 0.100000000
number 'round_trips[1].r' 1.760000000
# 2: short at 110, 112 at worst, 100 at best
number 'round_trips[2].mae' -0.018181818
number 'round_trips[2].mfe' 0.090909091
same "no stop" "$(json 'd.metrics.round_trips[2].r')" null
# 3: bought at 102 before a split, 51 now: 50.5 on the first day, 60 on the last but one, and sold at 58
number 'round_trips[3].mae' -0.009803922
number 'round_trips[3].mfe' 0.176470588
same "counts" "$(json 'rows({ d.metrics.trades }, "closed", "open", "won", "lost", "profit", "with_stop")')" "3|1|3|0|234.5|1"
number trades.win_rate 1.000000000
number trades.expectancy 78.166666667
number trades.average_r 1.760000000
same "no loss" "$(json 'd.metrics.trades.profit_factor')" null
same "traded" "$(json 'd.metrics.bought .. " " .. d.metrics.sold')" "2758 2770"
same "short run" "$(json 'tostring(d.metrics.sharpe) .. " " .. tostring(d.metrics.cagr) .. " " .. tostring(d.metrics.money_weighted_return)')" "null null null"
same "short run" "$(json 'd.metrics.bootstrap.sharpe[1]')" null
# invested at the close of the 3rd, 4th, 9th, 10th, 11th, 12th and 17th of 11 sessions
number in_market 0.636363636

# each trip has its own stop, also when another one begins later and ends sooner
cat >pair.lua <<'L'
local qm = require "qm"
return qm.strategy {
    name = "pair", universe = { "ONE", "TWO" }, timeframe = "1d",
    init = function(ctx) ctx.state.n = 0 end,
    on_fill = function(ctx, fill)
        if fill.side == "buy" then
            local stop = fill.symbol == "ONE" and "60" or "80"
            ctx.state[fill.symbol] = ctx:sell { fill.symbol, qty = 10, type = "stop", stop = stop, tif = "gtc" }.id
        end
    end,
    on_bar = function(ctx, bar)
        if bar.symbol == "ONE" then ctx.state.n = ctx.state.n + 1 end
        local n = ctx.state.n
        if bar.symbol == "ONE" and n == 1 or bar.symbol == "TWO" and n == 3 then ctx:buy { bar.symbol, qty = 10 } end
        if n == (bar.symbol == "ONE" and 6 or 4) then ctx:cancel(ctx.state[bar.symbol]) end
        if n == (bar.symbol == "ONE" and 7 or 5) then ctx:sell { bar.symbol, qty = 10 } end
    end,
}
L
{ echo date,open,high,low,close,volume; printf '2024-01-%s,100,101,99,100,1000\n' 02 03 04 05 08 09 10; echo 2024-01-11,110,111,109,110,1000; } >ONE.csv
{ echo date,open,high,low,close,volume; printf '2024-01-%s,100,101,99,100,1000\n' 02 03 04 05 08; printf '2024-01-%s,105,106,99,105,1000\n' 09 10 11; } >TWO.csv
run 0 backtest pair.lua --bars ONE=ONE.csv --bars TWO=TWO.csv --no-journal --json
same "own stops" "$(trips '"symbol", "profit", "r"')" "TWO|50|0.25 ONE|100|0.25"

# a benchmark that splits is adjusted: 108 becomes 27.75 = 111/4
if command -v zip >/dev/null; then
    mkdir -p factor_files
    printf '%s\n' '20240102 00:00,1070000,1100000,1050000,1080000,1000' '20240103 00:00,1080000,1120000,1070000,1110000,1000' \
        '20240104 00:00,277500,280000,275000,277500,1000' >lean.csv
    zip -q lnx.zip lean.csv
    printf '%s\n' '20240103,1,0.25,111' '20501231,1,1,0' >factor_files/lnx.csv
    run 0 backtest pair.lua --bars ONE=ONE.csv --bars TWO=TWO.csv --benchmark LNX=lnx.zip --no-journal --json
    same "adjusted" "$(json '("%.9f"):format(d.metrics.benchmark.total_return)')" 0.027777778
    same "short" "$(json 'd.metrics.benchmark.sessions .. " " .. d.metrics.benchmark.missing')" "3 5"
else
    echo "skipped: a benchmark with a split: no zip program"
fi

# two years of prices, a benchmark that lacks a session
lua5.4 - <<'L'
math.randomseed(7)
local closed = [[2022-01-17 2022-02-21 2022-04-15 2022-05-30 2022-06-20 2022-07-04 2022-09-05 2022-11-24 2022-12-26 2023-01-02
    2023-01-16 2023-02-20 2023-04-07 2023-05-29 2023-06-19 2023-07-04 2023-09-04 2023-11-23 2023-12-25 2024-01-01]]
local function write(name, skip)
    local out, price = io.open(name, "w"), 100
    out:write "date,open,high,low,close,volume\n"
    for i = 0, 729 do
        local t = os.time { year = 2022, month = 1, day = 3 + i, hour = 12 }
        local wday = tonumber(os.date("%w", t))
        if wday > 0 and wday < 6 and not closed:find(os.date("%Y-%m-%d", t), 1, true) then
            local open = price
            price = math.floor(100 * price * (1 + 0.0004 + 0.024 * (math.random() - 0.5))) / 100
            if i ~= skip then
                out:write(("%s,%.2f,%.2f,%.2f,%.2f,1000\n"):format(os.date("%Y-%m-%d", t), open, math.max(open, price) + 0.3,
                    math.min(open, price) - 0.3, price))
            end
        end
    end
    out:close()
end
write("LONG.csv")
write("MKT.csv", 301)
L
cat >cross.lua <<'L'
local qm = require "qm"
return qm.strategy {
    name = "cross", universe = { "LONG" }, timeframe = "1d",
    inputs = function() return { qm.close, qm.ta.sma(5), qm.ta.sma(15) } end,
    on_bar = function(ctx, bar, _, fast, slow) ctx:target(bar.symbol, fast > slow and 0.95 or 0) end,
}
L
run 0 backtest cross.lua --bars LONG=LONG.csv --benchmark MKT=MKT.csv --no-journal --json --commission pct:0.1
err_empty
cp "$WORK/out" result.json
same "second implementation" "$(lua5.4 "$SOURCE/tests/e2e/metrics.lua" result.json MKT.csv 2>&1)" "18 compared"
same "one session is missing" "$(json 'd.metrics.benchmark.missing')" 1
same "sessions" "$(json 'd.metrics.benchmark.sessions + 1 - #d.equity')" 0
same "an interval" "$(json 'd.metrics.bootstrap.sharpe[1] < d.metrics.sharpe and d.metrics.sharpe < d.metrics.bootstrap.sharpe[2]')" true
same "trips add up" "$(json '(function() local sum = 0 for _, t in ipairs(d.metrics.round_trips) do sum = sum + t.profit end
    return math.abs(sum - d.metrics.trades.profit) < 1e-6 end)()')" true
run 0 backtest cross.lua --bars LONG=LONG.csv --benchmark MKT=MKT.csv --no-journal --json --commission pct:0.1
CHECKS=$((CHECKS + 1))
cmp -s "$WORK/out" result.json || fail "the same run gives another result"
run 0 backtest cross.lua --bars LONG=LONG.csv --benchmark MKT=MKT.csv --no-journal
out_has "money-weighted"
out_has "information ratio"
# Money that leaves is no performance, but it earns nothing from then on: the rate at which what came in grows to what went out
# and what is left. 20,000 of 100,000 leave at the close of 2022-12-30.
cat >draw.lua <<'L'
local qm = require "qm"
return qm.strategy {
    name = "draw", universe = { "LONG" }, timeframe = "1d",
    on_bar = function(ctx, bar)
        if bar.date == "2022-01-03" then ctx:buy { "LONG", qty = 700 } end
        if bar.date == "2022-12-30" then assert(ctx:transfer("20000", "reserve")) end
    end,
}
L
run 0 backtest draw.lua --bars LONG=LONG.csv --no-journal --json
same "solves" "$(json '(function() local function day(text) local y, m, n = text:match "(%d+)-(%d+)-(%d+)"
    return os.time { year = y, month = m, day = n, hour = 12 } // 86400 end
    local rate, last = 1 + d.metrics.money_weighted_return, day(d.metrics.last)
    local grown = 100000 * rate ^ ((last - day "2022-01-03") / 365.25) - 20000 * rate ^ ((last - day "2022-12-30") / 365.25)
    return math.abs(grown - d.summary.final_equity) < 1e-4 end)()')" true
same "is not the other" "$(json 'math.abs(d.metrics.money_weighted_return - d.metrics.cagr) > 0.0005')" true
run 64 backtest cross.lua --bars LONG=LONG.csv --benchmark MKT.csv --no-journal
err_has SYMBOL=FILE
run 65 backtest cross.lua --bars LONG=LONG.csv --benchmark MKT=none.csv --no-journal
err_has none.csv
finish
