#!/bin/bash
# SPDX-License-Identifier: MIT
# qm run --replay: the decisions of a backtest, at a speed, with pauses, steps and reloads; nothing is written.
. "$(dirname "$0")/lib.sh"

PID=
trap '[ -n "$PID" ] && { kill -9 $PID; wait $PID; } 2>/dev/null; rm -rf "$WORK"' EXIT
log_has() {
    CHECKS=$((CHECKS + 1))
    wait_for 10 grep -qF -- "$1" log || { cp log "$WORK/err"; fail "the log lacks: $1"; }
}
start() {
    : >log
    "$QM" run "$@" >replay.out 2>log </dev/null &
    PID=$!
    log_has "ready, process"
}

"$QM" demo --dir demo --speed 0 >/dev/null 2>&1
run 0 data import demo/prices/ZTOT.csv
sed 's/"SPY"/"ZTOT"/' "$SOURCE/examples/sma_cross.lua" >cross.lua
hash_of() { grep -A1 '^Decision hash' "$1" | tail -1; }
written() { (cd "$QM_DATA" && ls | grep -v -e '-shm$' -e '-wal$' && cksum market.db); }

# ---- the same decisions as a backtest, whole and in part
before=$(written)
for range in .. 2021-03-01..2022-06-30 2021-03-06.. ..2020-12-31; do
    from=${range%..*} to=${range#*..}
    "$QM" backtest cross.lua --no-journal ${from:+--from $from} ${to:+--to $to} --commission per_share:0.005,min=1 >backtest.out
    run 0 run cross.lua --replay "$range" --commission per_share:0.005,min=1
    CHECKS=$((CHECKS + 1))
    [ -n "$(hash_of backtest.out)" ] || fail "no hash"
    same "$range: decisions" "$(hash_of "$WORK/out")" "$(hash_of backtest.out)"
    same "$range: results" "$(grep '^sma_cross' "$WORK/out" | head -1)" "$(grep '^sma_cross' backtest.out | head -1)"
done
out_has "costs: commission per_share:0.005,min=1, slippage none"
same "nothing is written" "$(written)" "$before"

# ---- at a speed: a day takes half a second, three weekdays behind one another a second; the end is not waited for
began=$(date +%s%N)
run 0 run cross.lua --replay 2021-03-02..2021-03-04 --speed 172800
took=$((($(date +%s%N) - began) / 1000000))
CHECKS=$((CHECKS + 1))
[ $took -ge 990 ] && [ $took -lt 8000 ] || fail "two days at 172800 took $took ms"

# ---- pause, steps, a reload while it stands, on again
cat >echo.lua <<'LUA'
local qm = require "qm"
return qm.strategy {
    name = "echo", universe = { "ZTOT" }, timeframe = "1d",
    on_bar = function(ctx, bar)
        ctx.state.bars = (ctx.state.bars or 0) + 1
        ctx:notify { text = ("one: bar %d %s"):format(ctx.state.bars, bar.date) }
    end,
}
LUA
start echo.lua --replay 2021-03-01..2021-03-12 --speed 10000
log_has "one: bar 1 2021-03-01"
kill -USR1 $PID
log_has "paused at 2021-03-01T21:00:00Z"
kill -USR2 $PID
log_has "step at 2021-03-02T21:00:00Z"
kill -USR2 $PID
log_has "one: bar 3 2021-03-03"
log_has "step at 2021-03-03T21:00:00Z"
sed -i 's/one: bar/two: bar/' echo.lua
log_has "generation 2"
kill -USR2 $PID
log_has "two: bar 4 2021-03-04"
sleep 0.5
same "it stands still" "$(grep -c "bar 5 2021-03-05" log)" 0
same "no book" "$(written)" "$before"
kill -TERM $PID
wait $PID
same "exit code after SIGTERM" $? 0
PID=
grep -q "^echo" replay.out || fail "no results after SIGTERM"

start echo.lua --replay 2021-03-01..2021-03-31 --speed 1
kill -USR2 $PID
log_has "two: bar 1 2021-03-01"
kill -TERM $PID
wait $PID
same "exit code while it waits" $? 0
PID=

began=$(date +%s)
run 0 run echo.lua --replay 2021-03-01..2021-03-01 --speed 1
CHECKS=$((CHECKS + 1))
[ $(($(date +%s) - began)) -lt 30 ] || fail "it waits for the day behind the last"

# ---- wrong use
run 64 run cross.lua --replay 2021-03-01
err_has "use FROM..TO"
run 64 run cross.lua --replay 2021-13-01..
run 64 run cross.lua --replay 2021-03-01..2020-03-01
err_has "ends before it begins"
for speed in 0 -1 fast 1x nan; do
    run 64 run cross.lua --replay .. --speed $speed
    err_has "\"$speed\""
done
run 64 run cross.lua --speed 10
err_has "--replay"
run 64 run cross.lua --replay .. --feed ZTOT=x.csv
run 65 run cross.lua --replay 1999-01-01..1999-12-31
err_has "no bars are stored of these days"
run 69 run cross.lua --replay .. --data nowhere
finish
