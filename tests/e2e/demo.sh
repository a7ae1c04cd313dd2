#!/bin/bash
# SPDX-License-Identifier: MIT
# The demo in a pipe: plain lines, the reload half-way, results, a report; twice the same; Ctrl-C.
. "$(dirname "$0")/lib.sh"

run 0 demo --dir one --speed 0
for text in "30 synthetic instruments" "strategy dca, preset dca_conservative, broker paper, capital 25000, rebalance monthly" \
    "Results" "Open lots" "Realised gains by term" "costs: commission per_share:0.005,min=1" "Funnel of rules" \
    "Decision hash" "What to type next"; do
    grep -qF "$text" out || fail "the demo does not say: $text"
done
grep -q $'\x1b' out && fail "colours in a pipe"
[ -s one/report.html ] || fail "no report.html"
grep -q "Synthetic prices" one/report.html || fail "the report is not labelled synthetic"
grep -qE '(src|href)="?http' one/report.html && fail "the report loads something from elsewhere"

run 0 demo --dir two --speed 900
grep -qF "reloaded from two/atr_matrix.lua: generation 2, state carried over" out || fail "no reload half-way"
grep -A4 "Decision hash" out | grep dca >two.hash

run 0 demo --dir two --speed 0
grep -A4 "Decision hash" out | grep dca | diff - two.hash || fail "a faster demo takes other decisions"

"$QM" demo --dir three --speed 60 >out 2>err &
pid=$!
wait_for 30 grep -q "^20..-..-.. " out || fail "the demo shows no line"
kill -INT $pid
wait $pid || fail "Ctrl-C ends with $?"
grep -qF "stopped by hand" out && grep -qF "Decision hash" out || fail "Ctrl-C does not end with results"

run 64 demo --speed fast
run 64 demo --sped 3
run 74 demo --dir /proc/nothing
finish
