#!/bin/bash
# SPDX-License-Identifier: MIT
# What was run, what was decided and why: runs, signals, why-not, inbox.
. "$(dirname "$0")/lib.sh"

cat >walk.lua <<'LUA'
local qm = require "qm"
return qm.strategy {
    name = "walk", universe = { "SPY" }, timeframe = "1d",
    on_bar = function(ctx, bar)
        if bar.close < 110 then
            return ctx:skip { symbol = "SPY", rule = "min_close", value = bar.close, limit = 110 }
        end
        ctx:signal { symbol = "SPY", kind = "entry", price = bar.close, stop = bar.close - 7,
            targets = { bar.close + 3, bar.close + 30 }, expires = "3 sessions", reason = "high enough" }
        ctx:buy { "SPY", qty = 1000000, reason = "too much" }
        ctx:notify { title = "walk", text = "saw " .. bar.close }
    end,
}
LUA
hand_bars >spy.csv
run 1 runs
err_has "nothing was run here yet"
run 0 data import spy.csv
run 0 backtest walk.lua --cash 5000
run 0 runs
out_has walk.lua
out_has "5,000.00"
run 0 runs --json
same "run" "$(json 'rows(d, "id", "kind", "strategy", "cash", "equity", "state", "fills")')" "1|backtest|walk|5000|5000|stopped|0"
same "hash" "$(json '#d[1].decision_hash')" 64

# closes: 108 111 105 114 112
run 0 why-not SPY 2024-01-02
out_has "min_close 108 < 110"
run 0 why-not SPY 2024-01-03
out_has "buy 1000000 market: too much; refused: buying_power"
out_has "signal entry: high enough"
run 0 why-not SPY 2024-01-04 --strategy walk --json
same "one answer" "$(json 'rows(d, "kind", "says")')" "skip|min_close 105 < 110"
run 1 why-not SPY 2024-01-06
out_has "no trading day"
run 1 why-not SPY 2024-01-09
out_has "no daily bar"
run 1 why-not QQQ 2024-01-09
out_has "no bars of it are stored"
run 1 why-not SPY 2024-01-02 --strategy wal
run 64 why-not SPY yesterday
err_has yesterday
run 64 why-not SPY

# 111 stops at 104 (low of 01-04 is 102); 114 has 3 sessions left and no bars for them
run 0 signals --json
same "outcomes" "$(json 'rows(d, "price", "stop", "outcome", "ended")')" \
    "111|104|stopped|2024-01-04 114|107|open|null 112|105|open|null"
run 0 signals SPY --since 2024-01-05
out_has 114.00
run 64 signals --since x
run 0 inbox
out_has "walk: saw 111"
run 0 inbox --since 2024-01-08 --json
same "messages" "$(json '#d .. d[1].notice.text')" "1saw 112.0"

# only the newest backtest's decisions are kept; without a journal nothing changes
run 0 backtest walk.lua --cash 5000
run 0 why-not SPY 2024-01-02 --json
same "once" "$(json '#d')" 1
run 0 backtest walk.lua --no-journal
run 0 runs --json
same "two runs" "$(json '#d')" 2
if command -v sqlite3 >/dev/null; then
    sqlite3 "$QM_DATA/journal.db" "PRAGMA user_version = 99"
    run 65 runs
    err_has 99
    run 0 backtest walk.lua
    err_has "the journal was not written"
fi
finish
