#!/bin/bash
# SPDX-License-Identifier: MIT
# EEM's rows before 11 April 2003 belong to another security: the data check says so.
. "$(dirname "$0")/../e2e/lib.sh"
REAL=${QM_REAL_DATA:-$SOURCE/../shared/data}
[ -r "$REAL/ohlcv/lean/eem.zip" ] || { echo "skipped: no real data at hand"; exit 77; }
run 0 data import "$REAL/ohlcv/lean/eem.zip" --data "$WORK/d"
run 1 data check EEM --data "$WORK/d" # findings: the answer is no
out_has "EEM 2003-04-11 split: jump x9.99 with no split on record: a missing reverse split 1:10, or another security"
run 0 data sql "select count(*) from bars where symbol = 'EEM' and date < '2003-04-11'" --data "$WORK/d"
finish
