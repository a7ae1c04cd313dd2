#!/bin/bash
# SPDX-License-Identifier: MIT
# A backtest from outside: figures worked out by hand.
. "$(dirname "$0")/lib.sh"

# buys 10 at the first bar, sells them at the third
cat >two.lua <<'LUA'
local qm = require "qm"
return qm.strategy {
    name = "two",
    params = { qty = qm.integer { default = 10, min = 1, max = 5000 } },
    universe = { "SPY" },
    timeframe = "1d",
    init = function(ctx) ctx.state.n = 0 end,
    on_bar = function(ctx, bar)
        ctx.state.n = ctx.state.n + 1
        if ctx.state.n == 1 then ctx:buy { bar.symbol, qty = ctx.params.qty, type = "market" } end
        if ctx.state.n == 3 then ctx:sell { bar.symbol, qty = ctx.params.qty, type = "market" } end
        if ctx.state.n == 4 then ctx:skip { rule = "late", symbol = bar.symbol } end
    end,
}
LUA
hand_bars >hand.csv
run 0 check two.lua
out_has "two.lua: ok"
run 0 backtest two.lua --bars HAND=hand.csv --json
err_empty
same "keys" "$(json 'missing(d, "summary", "equity", "orders", "fills", "lots", "realized", "decision_hash", "metrics", "checks", "seal")')" ""
CHECKS=$((CHECKS + 1))
"$QM" backtest two.lua --bars HAND=hand.csv | grep -q '^newest bar 2024-01-08, [0-9]* sessions ago: HAND$' ||
    fail "the age of the newest bar"
# bought at the open of 01-03 (108), sold at that of 01-05 (110)
same "fills" "$(json 'rows(d.fills, "side", "qty", "price", "time", "date", "fee")')" \
    "buy|10|108|2024-01-03T14:30:00Z|2024-01-03|0 sell|10|110|2024-01-05T14:30:00Z|2024-01-05|0"
same "final equity" "$(json 'd.summary.final_equity')" 100020
same "equity" "$(json 'rows({ d.equity[2] }, "time", "value")')" "2024-01-03T21:00:00Z|100030"
same "equity points" "$(json '#d.equity')" 5
same "orders" "$(json 'rows({ d.orders[1] }, "symbol", "side", "type", "qty", "limit", "state", "time")')" \
    "HAND|buy|market|10|null|filled|2024-01-02T21:00:00Z"
same "order keys" "$(json 'missing(d.orders[1], "id", "symbol", "side", "type", "qty", "limit", "stop", "tif", "state", "time")')" ""
same "realized" "$(json 'rows(d.realized, "symbol", "qty", "acquired", "sold", "proceeds", "basis", "gain", "term")')" \
    "HAND|10|2024-01-03|2024-01-05|1100|1080|20|short"
same "no lots are left" "$(json '#d.lots')" 0
hash=$(json 'd.decision_hash')
same "hash" "${#hash}" 64
for _ in 1 2; do
    run 0 backtest two.lua --bars HAND=hand.csv --json
    same "the same again" "$(json 'd.decision_hash')" "$hash"
done

# costs: 0.01 a share, at least 1; 10 bps of slippage
run 0 backtest two.lua --bars HAND=hand.csv --json --commission per_share:0.01,min=1 --slippage bps:10
same "fees" "$(json 'rows(d.fills, "fee")')" "1 1"
same "slipped to the next tick against us" "$(json 'rows(d.fills, "price")')" "108.11 109.89"
same "what is left" "$(json 'd.summary.final_equity')" 100015.8
run 0 backtest two.lua --bars HAND=hand.csv --json --commission pct:0.1
same "percent" "$(json 'rows(d.fills, "fee")')" "1.08 1.1"

# parameters, cash, accounts
run 0 backtest two.lua --bars HAND=hand.csv --json --set qty=100
same "parameter" "$(json 'd.fills[1].qty')" 100
run 0 backtest two.lua --bars HAND=hand.csv --json --cash 1000
same "margin allows it" "$(json '#d.fills')" 2
run 0 backtest two.lua --bars HAND=hand.csv --json --cash 1000 --account cash
same "cash does not" "$(json 'd.orders[1].state')" refused
same "the rule is named" "$(json 'd.orders[1].rule')" buying_power
run 0 backtest two.lua --bars HAND=hand.csv --json --cash 1 --account unlimited
same "unlimited" "$(json 'd.orders[1].state')" filled
run 0 backtest two.lua --bars HAND=hand.csv --json --from 2024-01-03 --to 2024-01-05
same "from and to are included" "$(json '#d.equity .. " " .. d.fills[1].date')" "3 2024-01-04"

# a day that is no session is kept and said; standing order of the rest
{ hand_bars; echo 2024-01-13,112,113,110,112,1400; } >odd.csv
run 0 backtest two.lua --bars HAND=odd.csv --json
same "flagged" "$(json 'd.summary.flagged_session')" 1
same "kept" "$(json '#d.equity')" 6
# minutes: stamps are starts in New York, unless told
printf '%s\n' 'time,open,high,low,close,volume' '2024-01-05 09:30:00,10,12,9,11,5' '2024-01-05 09:31:00,11,13,10,12,6' \
    '2024-01-05 09:32:00,12,13,11,12,6' >min.csv
sed 's/"1d"/"1m"/' two.lua >twom.lua
run 0 backtest twom.lua --bars MIN=min.csv --json
same "start stamps" "$(json 'd.equity[1].time .. " " .. d.fills[1].price')" "2024-01-05T14:31:00Z 11"
sed 's/09:30:00/14:31:00/; s/09:31:00/14:32:00/; s/09:32:00/14:33:00/' min.csv >minutc.csv
sed 's/"arguments":[^]]*]//' "$WORK/out" >first.json # how a file is read is no part of what it says
run 0 backtest twom.lua --bars MIN=minutc.csv --json --stamp end --tz UTC
sed 's/"arguments":[^]]*]//' "$WORK/out" | cmp -s - first.json || fail "--stamp end --tz UTC differs from the same bars by their starts in New York"

# for people
run 0 backtest two.lua --bars HAND=hand.csv
out_has "costs: none"
out_has "survivorship not controlled"
out_has "$hash"
out_has late
CHECKS=$((CHECKS + 1))
grep -q $'\x1b' "$WORK/out" && fail "colours in a pipe"
run 0 backtest two.lua --bars HAND=hand.csv --report page.html
[ -s page.html ] || fail "no page"
run 74 backtest two.lua --bars HAND=hand.csv --report "$WORK/no/such/page.html"
if [ -e /dev/full ]; then
    "$QM" backtest two.lua --bars HAND=hand.csv --json >/dev/full 2>"$WORK/err"
    same "full disk" $? 74
fi

# from the store
run 69 backtest two.lua
run 0 data import hand.csv --symbol OTHER
run 65 backtest two.lua
err_has SPY
run 0 data import hand.csv --symbol SPY
run 0 backtest two.lua --json
same "from the store" "$(json 'd.summary.final_equity')" 100020

# LEAN's layout with a split between the buy and the sale: 10 become 40
if command -v zip >/dev/null; then
    mkdir -p factor_files
    printf '%s\n' '20240102 00:00,1070000,1100000,1050000,1080000,1000' '20240103 00:00,1080000,1120000,1070000,1110000,1000' \
        '20240104 00:00,265000,270000,255000,262500,1000' '20240105 00:00,275000,287500,272500,285000,1000' >lean.csv
    zip -q lnx.zip lean.csv
    printf '%s\n' '20240103,1,0.25,111' '20501231,1,1,0' >factor_files/lnx.csv
    run 0 backtest two.lua --bars LNX=lnx.zip --json
    same "lot after the split" "$(json 'rows(d.lots, "qty", "basis")')" "30|810"
else
    echo "skipped: a LEAN archive with a split: no zip program"
fi

# what is wrong is named
run 65 backtest missing.lua --bars HAND=hand.csv
err_has missing.lua
run 65 backtest two.lua --bars HAND=missing.csv
err_has missing.csv
run 64 backtest two.lua --bars hand.csv
err_has SYMBOL=FILE
run 64 backtest two.lua --bars HAND=hand.csv --bars HAND=hand.csv
err_has twice
run 64 backtest two.lua --bars HAND=hand.csv --cash much
err_has much
run 64 backtest two.lua --bars HAND=hand.csv --cash -5
run 64 backtest two.lua --bars HAND=hand.csv --from 2024-02-30
err_has 2024-02-30
run 64 backtest two.lua --bars HAND=hand.csv --from 2024-01-05 --to 2024-01-03
run 64 backtest two.lua --bars HAND=hand.csv --commission per_sharr:1
err_has per_sharr
run 64 backtest two.lua --bars HAND=hand.csv --slippage bps:x
run 64 backtest two.lua --bars HAND=hand.csv --account margine
err_has margine
run 64 backtest two.lua --bars HAND=hand.csv --path best
run 64 backtest two.lua --bars HAND=hand.csv --set qty
for bad in qty=0 qty=x qty=2.5 quantity=3; do
    "$QM" backtest two.lua --bars HAND=hand.csv --set $bad >"$WORK/out" 2>"$WORK/err"
    code=$?
    CHECKS=$((CHECKS + 1))
    [ $code = 64 ] || [ $code = 65 ] || fail "--set $bad: exit code $code"
    err_has "${bad%%=*}"
    out_empty
done
run 65 backtest two.lua --bars HAND=hand.csv --preset none
err_has none

# scripts that fail: file and line, exit code 65
printf 'local qm = require "qm"\nreturn qm.strategy {\n  name = "x",\n  univers = { "SPY" },\n}\n' >typo.lua
run 65 backtest typo.lua --bars HAND=hand.csv
err_has typo.lua
err_has univers
run 1 check typo.lua two.lua
out_has univers
printf 'return {\n  oops oops\n}\n' >syntax.lua
run 1 check syntax.lua
out_has syntax.lua:2
printf 'local qm = require "qm"\nreturn qm.strategy {\n  name = "x", universe = { "SPY" }, timeframe = "1d",\n  on_bar = function(ctx, bar)\n    local t = nil\n    t.x = 1\n  end,\n}\n' >raise.lua
run 65 backtest raise.lua --bars HAND=hand.csv --json
err_has raise.lua:6
finish
