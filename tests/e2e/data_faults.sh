#!/bin/bash
# SPDX-License-Identifier: MIT
# Bad input through the import: a clear place, exit code 65, nothing kept.
. "$(dirname "$0")/lib.sh"

hand_bars >good.csv
run 0 data import good.csv
count() { "$QM" data sql "SELECT count(*) FROM bars" --csv | tail -1; }
while IFS='|' read -r name row; do
    { hand_bars; printf '%b\n' "$row"; } >bad.csv
    run 65 data import bad.csv
    out_empty
    CHECKS=$((CHECKS + 1))
    grep -q '^qm: bad.csv:7' "$WORK/err" || fail "$name: no file and row"
    same "$name: nothing kept" "$(count)" 5
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
run 64 data import
run 65 data import missing.csv
err_has missing.csv
run 64 data import good.csv good.csv --symbol X
run 64 data import good.csv --tf 1y
err_has 1y
run 64 data import good.csv --stamp middle
err_has middle
printf 'time,open,high,low,close\n2024-01-05 09:30:00,1,2,1,2\n' >m.csv
run 65 data import m.csv --tf 1m --tz Mars/Olympus
err_has Mars
cp good.csv a_file_name_that_is_far_too_long_for_any_symbol.csv
run 64 data import a_file_name_that_is_far_too_long_for_any_symbol.csv
err_has "--symbol"
: >empty.csv
run 65 data import empty.csv
head -1 good.csv >header.csv
run 65 data import header.csv
err_has header.csv
head -c 200 /dev/urandom >noise.zip
run 65 data import noise.zip
gzip -c good.csv | head -c 40 >cut.csv.gz
run 65 data import cut.csv.gz
mkdir folder.csv
"$QM" data import folder.csv >"$WORK/out" 2>"$WORK/err" && fail "a folder was imported"
same "still what was there" "$(count)" 5

# places that can't be written to
run 74 data import good.csv --data "$WORK/good.csv/data"
err_has good.csv
run 74 data import good.csv --data /proc/nowhere

# a database of a newer version, and something that is none
if command -v sqlite3 >/dev/null; then
    cp -r "$QM_DATA" newer
    sqlite3 newer/market.db "PRAGMA user_version = 99; $(sqlite3 newer/market.db '.tables' | grep -qw meta && echo "SELECT 1")" >/dev/null
    run 65 data list --data newer
    err_has 99
    run 65 data import good.csv --data newer
fi
mkdir junk
head -c 8192 /dev/urandom >junk/market.db
"$QM" data list --data junk >"$WORK/out" 2>"$WORK/err" && fail "noise was taken for a database"
CHECKS=$((CHECKS + 1))
grep -q "^qm: .*market.db" "$WORK/err" || fail "noise: no file named"

# a full disk under the database: the limit on file sizes acts like one
awk 'BEGIN { print "time,open,high,low,close,volume"; t = 0
    for (d = 2; d <= 5; d++) for (i = 0; i < 390; i++) { m = 570 + i; srand(d * 1000 + i); x = 100 + rand()
        printf "2024-01-%02d %02d:%02d:00,%.6f,%.6f,%.6f,%.6f,%d\n", d, m / 60, m % 60, x, x + 1, x - 1, x, 1000 * rand() } }' >big.csv
limit=$(($(stat -c %s "$QM_DATA/market.db") / 1024 + 2))
(ulimit -f $limit; trap '' XFSZ; "$QM" data import big.csv >"$WORK/out" 2>"$WORK/err"; echo $? >code)
same "a file that may not grow" "$(cat code)" 74
same "nothing of it kept" "$(count)" 5
run 0 data import big.csv

# Ctrl-C in the middle: a file that takes seconds, through a pipe that stays open
before=$(count)
mkfifo slow.csv
hand_bars >first
{ cat first; for _ in $(seq 50); do sleep 0.1; done; } >slow.csv &
writer=$!
"$QM" data import slow.csv >"$WORK/out" 2>"$WORK/err" &
pid=$!
sleep 0.5
kill -INT $pid
wait_for 10 sh -c "! kill -0 $pid" || fail "Ctrl-C does not stop an import"
wait $pid
code=$?
kill $writer 2>/dev/null
same "exit code after Ctrl-C" "$code" 1
err_has cancelled
same "nothing of it kept after Ctrl-C" "$(count)" "$before"
finish
