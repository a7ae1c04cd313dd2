#!/bin/bash
# SPDX-License-Identifier: MIT
# Scripts that try to hang, fill or leave their sandbox (tests/lua/hostile), each beside an honest neighbour in
# `qm run --events`: it ends in time with the fault that it deserves, and the neighbour misses no event.
#
# Each file is the body of one callback. Its first line says what must come of it:
#   budget | memory | stopped (either of them) | error | fine, then a budget of its own in ms, then "TEXT" of the fault.
. "$(dirname "$0")/lib.sh"
BUDGET=40 SLACK=50 EVENTS=4
# ONLY=NAME: one file of them.

cat >honest.lua <<'L'
local qm = require "qm"
return qm.strategy {
    name = "honest", universe = { "SPY" }, timeframe = "1d", version = 1,
    on_bar = function(ctx, bar)
        ctx.state.n = (ctx.state.n or 0) + 1
        ctx:notify { n = ctx.state.n }
    end,
}
L
for day in 02 03 04 05; do
    printf '{"type":"bar","time":"2024-01-%sT21:00:00Z","symbol":"SPY","open":1,"high":2,"low":1,"close":2}\n' "$day"
done >events.jsonl

strategy() { # FILE BUDGET: attacks on the second bar
    echo 'local qm = require "qm"; local function attack(ctx, bar)'
    cat "$1"
    echo "end return qm.strategy { name = 'victim', universe = { 'SPY' }, timeframe = '1d', budget = { callback_ms = $2 },"
    echo "nothing = function() end, on_bar = function(ctx, bar) ctx.state.n = (ctx.state.n or 0) + 1"
    echo "if ctx.state.n == 2 then attack(ctx, bar) end end }"
}

# Milliseconds of processor time of a run: what else is busy on the machine does not count.
TIMEFORMAT='%U %S'
timed() {
    { time timeout 60 "$QM" run "$@" --events events.jsonl >out 2>err; } 2>took
    code=$?
    ms=$(awk '{ printf "%d", ($1 + $2) * 1000 }' took)
}

echo '' >nothing.lua
strategy nothing.lua $BUDGET >victim.lua
timed victim.lua honest.lua
base=$ms
grep '"strategy":"honest"' out >expected
same "neighbour alone" "$(grep -c '"kind":"notify"' expected)" $EVENTS

# Twice is once too many: the time of a run may have been that of the machine.
attack() { # NAME WANT BUDGET
    local limit=$((2 * base + $3 + SLACK))
    strategy "$SOURCE/tests/lua/hostile/$1.lua" "$3" >victim.lua
    for _ in 1 2 3; do
        timed victim.lua honest.lua
        [ "$ms" -le $limit ] && break
    done
    [ "$ms" -le $limit ] || fail "$1: $ms ms of processor time, at most $limit"
    same "$1: exit code" "$code" 0
    grep '"strategy":"honest"' out | cmp -s - expected || fail "$1: the neighbour decided otherwise"
    grep '"strategy":"victim","kind":"error"' out >fault
    case $2 in
    budget) grep -q 'victim.lua:[0-9]*: over its budget: more than' fault ;;
    memory) grep -q 'out of memory: the strategy' fault ;;
    stopped) grep -qE 'over its budget|out of memory' fault ;;
    error) grep -qF "$text" fault ;;
    fine) [ ! -s fault ] ;;
    esac || fail "$1: expected $2 $text, not $(cat fault)"
    CHECKS=$((CHECKS + 3))
}

count=0
for file in "$SOURCE"/tests/lua/hostile/${ONLY:-*}.lua; do
    read -r _ want rest <"$file"
    budget=${rest%%[!0-9]*}
    text=${rest#"$budget"}
    text=${text# }
    text=${text#\"}
    text=${text%\"}
    budget=${budget:-$BUDGET}
    attack "$(basename "$file" .lua)" "$want" "$budget"
    count=$((count + 1))
done
[ -n "$ONLY" ] || [ $count -ge 60 ] || fail "only $count hostile scripts"
finish
