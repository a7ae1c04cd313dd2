#!/bin/bash
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"

run 0 calendar XNYS 2007-01-01 2007-01-04 --csv
same "first sessions of 2007" "$(cat "$WORK/out")" "date,open_utc,close_utc
2007-01-03,2007-01-03T14:30:00Z,2007-01-03T21:00:00Z
2007-01-04,2007-01-04T14:30:00Z,2007-01-04T21:00:00Z"
run 0 calendar XNYS 2024-07-03 2024-07-05 --csv
out_has "2024-07-03,2024-07-03T13:30:00Z,2024-07-03T17:00:00Z"
same "Independence Day" "$(grep -c 2024-07-04 "$WORK/out")" 0
run 0 calendar XNYS 2007-01-01 2035-12-31 --csv
same "sessions in 29 years" "$(sed 1d "$WORK/out" | wc -l)" "$(sed 1d "$WORK/out" | sort -u | wc -l)"
same "in order" "$(sed 1d "$WORK/out" | sort | cmp - <(sed 1d "$WORK/out") && echo yes)" yes
run 0 calendar XNYS 2012-10-29 2012-10-30 --csv # the hurricane
same "closed by storm" "$(wc -l <"$WORK/out")" 1
run 0 calendar XNYS 2024-11-28 2024-11-29
out_has "holiday"
out_has "half day"
run 0 calendar XNYS 1990-01-02 1990-01-02 --csv
out_has 1990-01-02
run 0 calendar XNYS 2035-12-31 2035-12-31 --csv
run 65 calendar XNYS 1989-12-29 1990-01-05 --csv
out_empty
err_has 1989-12-29
run 65 calendar XNYS 2035-01-01 2036-01-01 --csv
out_empty
run 64 calendar XNYX 2024-01-01 2024-01-02
err_has XNYX
run 64 calendar XNYS 2024-02-30 2024-03-01
err_has 2024-02-30
run 64 calendar XNYS yesterday 2024-03-01
err_has yesterday
finish
