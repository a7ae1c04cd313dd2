#!/bin/bash
# SPDX-License-Identifier: MIT
# The first half hour as a script: at most 10 commands to the result of a backtest, and how long they take.
. "$(dirname "$0")/lib.sh"
began=$(date +%s%N)
QM=$QM bash "$SOURCE/examples/first-half-hour.sh" >half.txt 2>&1 || { cp half.txt "$WORK/err"; fail "it ends with $?"; }
took=$((($(date +%s%N) - began) / 1000000))
for text in "config.lua is written" "1199 bars added" "mine.lua: ok" "10 new bars" "fast 10 -> 5; over the last 250 bars" \
    "Costs" "Funnel of rules" "Decision hash" "fast_above_slow"; do
    grep -qF "$text" half.txt || { cp half.txt "$WORK/err"; fail "it does not show: $text"; }
done
CHECKS=$((CHECKS + 1))
[ "$took" -lt 60000 ] || fail "it took $took ms"
commands=$(sed '/backtest mine/q' half.txt | grep -c '^\$ qm')
CHECKS=$((CHECKS + 1))
[ "$commands" -le 10 ] || fail "$commands commands to the first result on own data"
echo "half_hour.sh: $commands commands, $took ms"
finish
