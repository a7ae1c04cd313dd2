#!/bin/bash
# SPDX-License-Identifier: MIT
# Budgets: of a callback, of init and of loading, of a day; the configuration's limit; --no-budget; a fault that is
# mended by a new file.
. "$(dirname "$0")/lib.sh"
printf 'Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,1,2,5\n2024-01-03,1,2,1,2,5\n' >bars.csv
quotes() { # COUNT DAYS
    for day in $(seq "$2"); do
        for _ in $(seq "$1"); do
            printf '{"type":"quote","time":"2024-01-%02dT15:00:00Z","symbol":"SPY","bid":"1"}\n' $((day + 7))
        done
    done
}
strategy() { # FILE REST
    printf 'local qm = require "qm"\nreturn qm.strategy { name = "%s", universe = { "SPY" }, timeframe = "1d",\n%s }\n' \
        "${1%.lua}" "$2" >"$1"
}
backtest() { # CODE FILE OPTIONS...
    local code=$1 file=$2
    shift 2
    run "$code" backtest "$file" --bars SPY=bars.csv --no-journal "$@"
}

strategy spin.lua 'budget = { callback_ms = 20 }, on_bar = function()
while true do end
end'
backtest 65 spin.lua
err_has "spin.lua:4: over its budget: more than 20 ms of processor time in one call (spin.lua:4)"

# What runs once has ten times as much.
strategy init.lua 'budget = { callback_ms = 20 }, init = function() while true do end end'
backtest 65 init.lua
err_has "more than 200 ms of processor time in one call"

strategy work.lua 'budget = { callback_ms = 2 }, on_bar = function() for _ = 1, 2e7 do end end'
backtest 65 work.lua
err_has "more than 2 ms"
backtest 0 work.lua --no-budget

# The table.
strategy bad.lua 'budget = { callback_ms = 0 }, on_bar = print'
backtest 65 bad.lua
err_has "bad.lua:3: budget: callback_ms = 0: must be a whole number from 1 to 3600000"
strategy bad.lua 'budget = { callback = 5 }, on_bar = print'
backtest 65 bad.lua
err_has 'bad.lua:3: budget: unknown key "callback"'
strategy bad.lua 'budget = 5, on_bar = print'
backtest 65 bad.lua
err_has "budget must be a table, not a number"

# The configuration: a limit to what is asked, and the default where it is less.
echo 'return { limits = { callback_ms = 30 } }' >config.lua
export QM_CONFIG=$PWD/config.lua
strategy bad.lua 'budget = { callback_ms = 31 }, on_bar = print'
backtest 65 bad.lua
err_has "bad.lua:3: budget: callback_ms = 31: the configuration allows 30"
strategy plain.lua 'on_bar = function() while true do end end'
backtest 65 plain.lua
err_has "more than 30 ms"
echo 'while true do end' >load.lua
backtest 65 load.lua
err_has "load.lua:1: over its budget: more than 300 ms"
echo 'return { limits = { callback_ms = "30" } }' >config.lua
backtest 78 plain.lua
err_has "limits.callback_ms"
unset QM_CONFIG

# A day's budget is used up by many short calls, and each day has its own.
strategy day.lua 'budget = { day_ms = 60 }, on_quote = function(ctx)
ctx.state.n = (ctx.state.n or 0) + 1
for _ = 1, 4e5 do end
end'
quotes 400 1 >many.jsonl
{
    cat many.jsonl # the fault, a reload, and the day begins again
    echo '{"type":"reload","time":"2024-01-08T15:00:00Z"}'
    echo '{"type":"quote","time":"2024-01-08T15:00:00Z","symbol":"SPY","bid":"1"}'
} >more.jsonl
run 0 run day.lua --events more.jsonl
same "faults of the day" "$(grep -c '"kind":"error"' out)" 1
err_has "state carried over"
out_has "over its budget: more than 60 ms of processor time in one day"
quotes 2 20 >few.jsonl
run 0 run day.lua --events few.jsonl
same "no fault" "$(grep -c '"kind":"error"' out)" 0

strategy small.lua 'budget = { day_ms = 5 }, on_bar = print' # loading is not of a day
backtest 0 small.lua

# A mended file runs again, with the state as the fault left it.
body() {
    strategy mend.lua "budget = { callback_ms = 20 }, on_quote = function(ctx)
ctx.state.n = (ctx.state.n or 0) + 1
ctx:notify { n = ctx.state.n }
$1
end"
}
body 'if ctx.state.n == 2 then while true do pcall(error) end end'
mkfifo lines
"$QM" run mend.lua --events - <lines >out 2>err &
exec 9>lines
quotes 3 1 >&9
wait_for 10 grep -q 'over its budget' out || fail "no fault"
body ''
echo '{"type":"reload","time":"2024-01-09T15:00:00Z"}' >&9
echo '{"type":"quote","time":"2024-01-10T15:00:00Z","symbol":"SPY","bid":"1"}' >&9
exec 9>&-
wait
same "notes" "$(grep -o '"data":{"n":[0-9]*' out | grep -o '[0-9]*$' | paste -sd, -)" 1,2,3
finish
