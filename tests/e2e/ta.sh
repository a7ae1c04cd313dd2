#!/bin/bash
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"

hand_bars >hand.csv
run 0 ta atr --period 3 hand.csv
same "header" "$(head -1 "$WORK/out")" "time,value"
same "rows" "$(wc -l <"$WORK/out")" 6
same "undefined is empty" "$(sed -n 3p "$WORK/out")" "2024-01-03,"
same "wilder" "$(sed -n 4,6p "$WORK/out" | tr '\n' ' ')" \
    "2024-01-04,6.333333333333333 2024-01-05,7.5555555555555545 2024-01-08,6.3703703703703702 "
err_empty
for method in wilder sma ema; do
    for first in range skip; do
        run 0 ta atr --period 3 --method $method --first-tr $first hand.csv
        cp "$WORK/out" batch
        for form in batch stream many; do
            run 0 ta atr --period=3 --method=$method --first-tr=$first --form=$form hand.csv
            cmp -s batch "$WORK/out" || fail "$method $first: $form differs from batch"
        done
    done
done
run 0 ta atr --period 3 --method sma hand.csv
same "sma" "$(tail -1 "$WORK/out" | cut -c1-19)" "2024-01-08,7.666666"

# too few bars are no error
run 0 ta atr hand.csv
same "too few bars" "$(grep -c ',$' "$WORK/out")" 5
# a date that is no session, and the time as it is written
printf '%s\n' 'Date,Open,High,Low,Close' '2024-01-06,1,2,1,2' '2024-01-07,1,2,1,2' >weekend.csv
run 0 ta atr --period 1 weekend.csv
same "no calendar" "$(sed -n 2p "$WORK/out")" "2024-01-06,1"
printf '%s\n' 'time,open,high,low,close' '2024-01-05 09:30:00,1,2,1,2' '2024-01-05 09:31:00,1,3,1,2' >minutes.csv
run 0 ta atr --period 1 minutes.csv
same "time as written" "$(sed -n 3p "$WORK/out")" "2024-01-05 09:31:00,2"
"$QM" ta atr --period 3 - <hand.csv >"$WORK/out" 2>"$WORK/err" || fail "standard input"

run 0 ta sma period=2 input=high hand.csv
same "sma of high" "$(sed -n 3p "$WORK/out")" "2024-01-03,111"
run 0 ta list
out_has atr

# what is wrong is named
run 64 ta atrr hand.csv
err_has 'did you mean "atr"'
run 64 ta atr --period 0 hand.csv
err_has period
run 64 ta atr --period x hand.csv
err_has '"x"'
run 64 ta atr --period 2.5 hand.csv
run 64 ta atr --method simple hand.csv
err_has simple
run 64 ta atr --first-tr never hand.csv
run 64 ta atr --form fast hand.csv
run 64 ta sma perod=3 hand.csv
err_has 'did you mean "period"'
run 64 ta sma input=adjusted hand.csv
run 64 ta atr
run 64 ta atr hand.csv hand.csv
run 65 ta atr missing.csv
err_has missing.csv
out_empty

# bad rows: nothing on stdout, file:row
while IFS='|' read -r name row; do
    { hand_bars; printf '%b\n' "$row"; } >bad.csv
    run 65 ta atr --period 2 bad.csv
    out_empty
    CHECKS=$((CHECKS + 1))
    grep -q 'qm: bad.csv:7' "$WORK/err" || fail "$name: no place"
done <<'ROWS'
not a number|2024-01-09,1,2,1,x,1
empty cell|2024-01-09,1,2,1,,1
NaN|2024-01-09,1,2,1,nan,1
infinity|2024-01-09,1,inf,1,1,1
zero price|2024-01-09,0,2,0,1,1
negative price|2024-01-09,1,2,-1,1,1
high below low|2024-01-09,1,1,2,1,1
close outside|2024-01-09,1,2,1,3,1
same date|2024-01-08,1,2,1,1,1
earlier date|2023-01-09,1,2,1,1,1
no date|someday,1,2,1,1,1
30 February|2024-02-30,1,2,1,1,1
too few cells|2024-01-09,1,2
too many cells|2024-01-09,1,2,1,1,1,9
open quote|"2024-01-09,1,2,1,1,1
negative volume|2024-01-09,1,2,1,1,-1
ROWS
: >empty.csv
run 65 ta atr empty.csv
printf 'Date,Open,High,Low\n2024-01-02,1,2,1\n' >nocolumn.csv
run 65 ta atr nocolumn.csv
err_has close

run 0 ta list --json
same "list" "$(json '#d > 3')" true
same "atr's parameters" "$(json '(function() for _, x in ipairs(d) do if x.name == "atr" then return rows(x.parameters, "name") end end end)()')" \
    "period method first_tr"
finish
