#!/bin/bash
# SPDX-License-Identifier: MIT
# qm run --events: lines in, decisions out; what is wrong with a line; reloads in the middle of them.
. "$(dirname "$0")/lib.sh"

cat >count.lua <<'L'
local qm = require "qm"
return qm.strategy {
    name = "count", universe = { "SPY" }, timeframe = "1d", version = 1,
    on_bar = function(ctx, bar)
        ctx.state.n = (ctx.state.n or 0) + 1
        ctx:notify { n = ctx.state.n, close = bar.close }
        if ctx.state.n == 2 then ctx:buy { "SPY", qty = 10 } end
    end,
    on_quote = function(ctx, quote)
        local last, age = ctx:quote "SPY"
        ctx:signal { symbol = quote.symbol, kind = "spread", strength = (quote.ask - quote.bid):number(), age = age,
            same = last.bid == quote.bid }
    end,
    on_fill = function(ctx, fill) ctx:notify { price = fill.price } end,
    on_cash = function(ctx, flow) ctx:notify { flow = flow.kind, amount = flow.amount } end,
    on_action = function(ctx, action) ctx:notify { action = action.kind } end,
}
L
bar() { # SEQ DAY OPEN CLOSE
    printf '{"seq":%s,"type":"bar","time":"2024-01-%sT21:00:00Z","symbol":"SPY","open":%s,"high":110,"low":90,"close":%s,"volume":10}\n' "$@"
}
{
    bar 1 02 100 101
    bar 2 03 101 102
    echo '{"seq":3,"type":"quote","time":"2024-01-03T22:00:00Z","symbol":"SPY","bid":"100.40","ask":"100.65"}'
    bar 4 04 103 104
    echo '{"seq":5,"type":"split","time":"2024-01-05T14:30:00Z","symbol":"SPY","num":2,"den":1}'
    echo '{"seq":6,"type":"dividend","time":"2024-01-05T14:31:00Z","symbol":"SPY","amount":"0.50"}'
    echo '{"seq":7,"type":"cash","time":"2024-01-05T14:32:00Z","amount":"1000"}'
    echo '{"seq":8,"type":"timer","time":"2024-01-08T14:32:00Z"}'
} >events.jsonl

run 0 run count.lua --events events.jsonl
same "decisions" "$(sed 's/,"data".*//' out | sed 's/^{"event":\([0-9]*\),.*"strategy":"count","kind":"\([a-z]*\)".*/\1 \2/' | paste -sd, -)" \
    "1 notify,2 notify,2 intent,3 signal,4 notify,4 notify,5 notify,6 notify,7 notify,7 notify,8 state"
out_has '"kind":"intent","symbol":"SPY","order":1,"qty":"10","side":"buy"'
out_has '"strength":0.25'
out_has '"price":"103"'
out_has '"amount":"10","flow":"dividend"' # 20 shares after the split
out_has '"amount":"1000","flow":"deposit"'
cp out first
run 0 run count.lua --events events.jsonl
same "again" "$(cmp first out && echo same)" same

# A reload between two lines: the state is carried over, nothing is lost or doubled; a bad version is refused.
mkfifo lines
"$QM" run count.lua --events - <lines >out 2>err &
exec 9>lines
bar 1 02 100 101 >&9
wait_for() {
    for _ in $(seq 200); do
        grep -q "$1" out && return
        sleep 0.02
    done
    fail "no answer: $1"
}
wait_for '"n":1'
sed -i 's/n = ctx.state.n, close/version = 2, n = ctx.state.n, close/' count.lua
echo '{"seq":2,"type":"reload","time":"2024-01-03T20:00:00Z"}' >&9
bar 3 03 100 101 >&9
wait_for '"n":2,"version":2'
echo 'return {' >count.lua
echo '{"seq":4,"type":"reload","time":"2024-01-04T20:00:00Z"}' >&9
wait_for 'the old one runs on'
bar 5 04 100 101 >&9
wait_for '"n":3,"version":2'
exec 9>&-
wait
same "bars" "$(grep -c '"close"' out)" 3

# Bad lines: file, line, value.
bad() { # LINE EXPECTED
    { bar 1 02 100 101; echo "$1"; } >bad.jsonl
    run 65 run good.lua --events bad.jsonl
    err_has "bad.jsonl:2"
    err_has "$2"
}
cat >good.lua <<'L'
local qm = require "qm"
return qm.strategy { name = "good", universe = { "SPY" }, timeframe = "1d", version = 1, on_bar = function(ctx) ctx:notify { text = "seen" } end }
L
bad 'nonsense' "no JSON object"
bad '{"type":"tick","time":"2024-01-03T21:00:00Z"}' 'type "tick"'
bad '{"type":"timer"}' '"time" is missing'
bad '{"type":"timer","time":"yesterday"}' yesterday
bad '{"type":"timer","time":"2023-01-03T21:00:00Z"}' "time goes only forward"
bad '{"type":"bar","time":"2024-01-03T21:00:00Z","symbol":"SPY","open":1,"high":2,"low":1}' '"close"'
bad '{"type":"bar","time":"2024-01-03T21:00:00Z","symbol":"SPY","open":1,"high":1,"low":2,"close":1}' "out of order"
bad '{"type":"bar","time":"2024-01-03T21:00:00Z","open":1,"high":1,"low":1,"close":1}' '"symbol"'
bad '{"type":"quote","time":"2024-01-03T21:00:00Z","symbol":"SPY","bid":"cheap"}' '"bid"'
bad '{"type":"split","time":"2024-01-03T21:00:00Z","symbol":"SPY","num":0,"den":1}' "ratio"
bad '{"type":"cash","time":"2024-01-03T21:00:00Z","amount":"5","strategy":"other"}' '"other"'
out_has seen # what was decided before the bad line has been told
run 74 run good.lua --events nowhere.jsonl
err_has nowhere.jsonl
finish
