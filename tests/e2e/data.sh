#!/bin/bash
# SPDX-License-Identifier: MIT
# Price data in and out again.
. "$(dirname "$0")/lib.sh"

run 69 data list
err_has "qm data import"
hand_bars >hand.csv
run 0 data import hand.csv
out_has "hand.csv: HAND 1d: 5 bars added, 0 known, 0 replaced, 0 flagged"
err_empty
run 0 data import hand.csv
out_has "0 bars added, 5 known"
out_has "nothing changed"
gzip -k hand.csv
run 0 data import hand.csv.gz
out_has "HAND 1d: 0 bars added, 5 known"
{ hand_bars; echo 2024-01-09,113,114,112,113,1500; } >longer.csv
run 0 data import longer.csv --symbol HAND
out_has "1 bars added, 5 known"

# another value for a stored bar is an error, unless it is asked for
sed 's/^2024-01-04,106,108,102,105/2024-01-04,106,108,102,106/' hand.csv >other.csv
run 65 data import other.csv --symbol HAND
out_empty
err_has other.csv
err_has 2024-01-04
run 0 data sql "SELECT close FROM bars WHERE date = '2024-01-04'" --csv
same "the old value stands" "$(sed -n 2p "$WORK/out")" 105.0
run 0 data import other.csv --symbol HAND --replace
out_has "1 replaced"
run 0 data import hand.csv --symbol HAND --replace

# the files before the bad one stay, each is a transaction of its own
hand_bars >aaa.csv
echo nonsense >bbb.csv
hand_bars >ccc.csv
run 65 data import aaa.csv bbb.csv ccc.csv
err_has bbb.csv
run 0 data list
out_has AAA
CHECKS=$((CHECKS + 1))
grep -q "BBB\|CCC" "$WORK/out" && fail "a file that failed, or one after it, was kept"

# out again, the same
run 0 data export HAND
cp "$WORK/out" back.csv
run 0 data import back.csv --symbol HAND
out_has "0 bars added, 6 known"
printf '%s\n' 'time,open,high,low,close,volume' '2024-01-05 09:30:00,1,2,1,2,5' '2024-01-05 09:31:00,1.1,3,1,2,6' >min.csv
run 0 data import min.csv
out_has "MIN 1m: 2 bars added"
run 0 data export MIN --tf 1m
out_has "2024-01-05T14:30:00Z,1,2,1,2,5"
cp "$WORK/out" minback.csv
run 0 data import minback.csv --symbol MIN
out_has "0 bars added, 2 known"
run 65 data export HAND --tf 1m
run 65 data export NOBODY
err_has NOBODY
run 64 data export HAND --tf 7x

# SQL
run 0 data sql "SELECT symbol, count(*) AS n FROM bars WHERE timeframe = '1d' GROUP BY symbol ORDER BY symbol" --csv
same "sql" "$(cat "$WORK/out")" "symbol,n
AAA,5
HAND,6"
run 0 data sql "SELECT symbol FROM bars LIMIT 1"
run 65 data sql "SELEC 1"
err_has SELEC
run 65 data sql "DELETE FROM instruments"
run 0 data list
out_has HAND

# findings: a split that nobody told
{
    echo Date,Open,High,Low,Close,Volume
    for day in 02 03 04 05; do echo "2024-01-$day,400,410,395,400,1000"; done
    for day in 08 09 10; do echo "2024-01-$day,100,102,99,100,4000"; done
} >split.csv
run 0 data import split.csv
out_has "SPLIT 2024-01-08 split"
run 1 data check SPLIT
out_has "1 findings"
run 0 data actions add SPLIT split 2024-01-08 4:1
out_has added
run 0 data actions add SPLIT split 2024-01-08 4:1
out_has "nothing changed"
run 0 data check SPLIT
out_has "0 findings"
run 0 data actions add SPLIT dividend 2024-01-09 0.25 2024-01-20
run 0 data actions SPLIT
same "actions" "$(cat "$WORK/out")" "SPLIT     2024-01-08  split  4:1
SPLIT     2024-01-09  dividend  0.25  paid 2024-01-20"
run 64 data actions add SPLIT splt 2024-01-08 4:1
err_has 'did you mean "split"'
run 64 data actions add SPLIT split 2024-01-08 4-1
err_has 4-1
run 64 data actions add SPLIT split 2024-01-08 0:1
run 64 data actions add SPLIT dividend 2024-01-08 -1
run 64 data actions add SPLIT dividend tomorrow 1
run 64 data actions add SPLIT split 2024-01-08
run 65 data actions add NOBODY split 2024-01-08 4:1
err_has NOBODY

# odd but real: an open outside the range, a day without a session
printf '%s\n' 'Date,Open,High,Low,Close,Volume' '2024-01-05,9,2,1,2,5' '2024-01-06,1,2,1,2,5' >odd.csv
run 0 data import odd.csv
out_has "2 bars added, 0 known, 0 replaced, 2 flagged"
run 1 data check ODD
out_has "ODD 2024-01-06"

run 65 data remove SPLIT NOBODY
run 0 data export SPLIT
run 0 data remove SPLIT
run 65 data export SPLIT

# LEAN's layout, splits from the factor file beside it
if command -v zip >/dev/null; then
    mkdir -p lean/factor_files
    printf '%s\n' '20240104 00:00,4000000,4100000,3950000,4000000,1000' \
        '20240105 00:00,4000000,4100000,3950000,4000000,1000' '20240108 00:00,1000000,1020000,990000,1000000,4000' >lean.csv
    zip -q lean/lnx.zip lean.csv
    printf '%s\n' '20240105,1,0.25,400' '20501231,1,1,0' >lean/factor_files/lnx.csv
    run 0 data import lean/lnx.zip
    out_has "LNX 1d: 3 bars added"
    out_has "1 splits"
    run 0 data actions LNX
    out_has "2024-01-08  split  4:1"
    run 0 data import lean/lnx.zip
    out_has "nothing changed"
fi
# minutes are checked too: a session that lacks most of its bars, a jump inside a day
awk 'BEGIN { print "time,open,high,low,close,volume"
    for (d = 4; d <= 5; d++) for (m = 0; m < (d == 4 ? 390 : 100); m++) {
        p = d == 5 && m > 50 ? 200 : 100
        printf "2024-01-%02d %02d:%02d:00,%d,%d,%d,%d,0\n", d, int((570 + m) / 60), (570 + m) % 60, p, p + 1, p - 1, p } }' >min.csv
run 0 data import min.csv --symbol MIN --data "$WORK/minutes"
run 1 data check MIN --data "$WORK/minutes"
out_has "MIN 1m 2024-01-05 gap: 290 of 390 bars of the session are missing"
out_has "MIN 1m 2024-01-05 split: jump x2"
out_has "2 findings"

finish
