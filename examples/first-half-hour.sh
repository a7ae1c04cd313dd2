#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The first half hour, in a folder of its own: configuration, demo, own data, a strategy that is changed while it
# runs, a backtest, and why it did not trade. QM names the program (default: qm on the PATH).
set -euo pipefail
qm=${QM:-qm}
home=$(mktemp -d "${TMPDIR:-/tmp}/first-half-hour.XXXXXX")
export XDG_CONFIG_HOME=$home/config XDG_DATA_HOME=$home/data
unset QM_DATA QM_CONFIG
trap 'kill "${daemon:-0}" 2>/dev/null || true; rm -rf "$home"' EXIT
cd "$home"

say() { printf '\n$ qm %s\n' "$*"; }
step() {
    say "$@"
    "$qm" "$@"
}

# 1 a configuration, 2 the whole thing on made-up prices
step init --yes --universe "ZTOT"
step demo --dir demo --speed 0 | tail -20

# 3 own data: here a file of the demo without its last weeks, which come later
head -n 1200 demo/prices/ZTOT.csv >ztot.csv
step data import ztot.csv

# 4 a strategy of one's own, 5 its specs
step new strategy mine
sed -i 's/"SPY"/"ZTOT"/' mine.lua
step check mine.lua

# 6 it runs, follows the file, and is changed while it runs
say run mine.lua --feed ZTOT=ztot.csv
"$qm" run mine.lua --feed ZTOT=ztot.csv 2>run.log &
daemon=$!
until grep -q "ready in" run.log; do sleep 0.05; done
sed -n '1201,1210p' demo/prices/ZTOT.csv >>ztot.csv
sed -i 's/fast = qm.integer { default = 10/fast = qm.integer { default = 5/' mine.lua
until grep -q "over the last" run.log && grep -q "new bars" run.log; do sleep 0.05; done
kill -TERM "$daemon" && wait "$daemon"
cut -d ' ' -f 2- run.log

# 7 years of history, 8 what was run, 9 why it did not trade
step backtest mine.lua --commission per_share:0.005,min=1
step runs
step why-not ZTOT 2022-05-17
