#!/bin/bash
# SPDX-License-Identifier: MIT
# Files that grow while the daemon runs: lines become bars; broken lines, shrunk and replaced files.
. "$(dirname "$0")/lib.sh"

PID=
trap '[ -n "$PID" ] && kill -9 $PID 2>/dev/null; rm -rf "$WORK"' EXIT
start() {
    : >log
    "$QM" run "$@" >run.out 2>log </dev/null &
    PID=$!
    wait_for 10 grep -q "ready in" log || { cp log "$WORK/err"; fail "the daemon does not get ready"; }
}
log_has() {
    CHECKS=$((CHECKS + 1))
    wait_for 5 grep -qF -- "$1" log || { cp log "$WORK/err"; fail "the log lacks: $1"; }
}
stop() {
    kill -TERM $PID
    wait $PID
    same "exit code" $? 0
    PID=
}

cat >echo.lua <<'LUA'
local qm = require "qm"
return qm.strategy {
    name = "echo", universe = { "SPY" }, timeframe = "1d",
    on_bar = function(ctx, bar)
        ctx.state.bars = (ctx.state.bars or 0) + 1
        ctx:notify { text = ("bar %d %s closed at %s"):format(ctx.state.bars, bar.date, bar.close) }
    end,
}
LUA
run 64 run echo.lua --feed nowhere
err_has "use SYMBOL=FILE.csv or a folder"
run 64 run echo.lua --feed =x.csv

# no account, no import: a file is enough; what is in it is history
hand_bars >feed.csv
start echo.lua --feed SPY=feed.csv
echo 2024-01-09,112,113,110,111,1400 >>feed.csv
log_has "bar 1 2024-01-09 closed at 111"
printf 2024-01-10,112,113,11 >>feed.csv # a line that is being written
sleep 0.3
grep -q 2024-01-10 log && fail "half a line was taken"
echo 0,112.5,1400 >>feed.csv
log_has "bar 2 2024-01-10 closed at 112.5"

# what is no bar is named and left out; the rest goes on
printf '%s\n' 2024-01-11,112,113,x,112,1400 2024-01-11,112,100,110,112,1400 2024-01-11,112,114,110,113,1400 >>feed.csv
log_has "feed.csv:9"
log_has "feed.csv:10"
log_has "bar 3 2024-01-11 closed at 113"

# shortened, replaced, rotated away and back: known bars come once
hand_bars >feed.csv
log_has "read again"
{ hand_bars; echo 2024-01-12,112,115,110,114,1400; } >other.csv
mv other.csv feed.csv
log_has "bar 4 2024-01-12 closed at 114"
mv feed.csv feed.csv.1
{ hand_bars | head -1; echo 2024-01-16,112,116,110,115,1400; } >feed.csv
log_has "bar 5 2024-01-16 closed at 115"
# a bar that is there with other values is not taken over
echo 2024-01-12,112,115,110,114.5,1400 >>feed.csv
log_has "is stored as"
echo 2024-01-17,112,117,110,116,1400 >>feed.csv
log_has "bar 6 2024-01-17 closed at 116"
same "each bar once" "$(grep -c "closed at" log)" 6
stop
run 0 data list # the symbol that the bars belong to is stored with them
same "the series" "$(awk 'NR == 3 { print $1, $2, $4 }' "$WORK/out")" "SPY 1d 2024-01-02"

# on again: nothing twice, and what was written meanwhile comes
echo 2024-01-18,112,118,110,117,1400 >>feed.csv
start echo.lua --feed SPY=feed.csv
log_has "bar 7 2024-01-18 closed at 117"
same "only the new one" "$(grep -c "closed at" log)" 1
stop

# a symbol without a file keeps its own number: what is imported meanwhile is not taken for it
sed 's/{ "SPY" }/{ "SPY", "LATER" }/; s/"bar %d %s closed at %s"):format(/"bar %d %s %s closed at %s"):format(/; s/ctx.state.bars, bar.date/ctx.state.bars, bar.symbol, bar.date/' echo.lua >two.lua
hand_bars >feed.csv
start two.lua --feed SPY=feed.csv --data fresh
printf 'date,open,high,low,close\n2024-01-10,554,556,553,555\n' >OTHER.csv
run 0 data import OTHER.csv --data fresh
echo 2024-01-09,112,113,110,111,1400 >>feed.csv
log_has "SPY 2024-01-09 closed at 111"
sleep 0.5
CHECKS=$((CHECKS + 1))
! grep -q 555 log || { cp log "$WORK/err"; fail "bars of another symbol"; }
stop

# a folder, and a file that appears later
mkdir prices other
start echo.lua --feed prices --data other
hand_bars >prices/SPY.csv
log_has "bar 5 2024-01-08 closed at 112"
stop
finish
