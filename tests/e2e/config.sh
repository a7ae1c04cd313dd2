#!/bin/bash
# SPDX-License-Identifier: MIT
# The configuration file: what is wrong is named, with 78.
. "$(dirname "$0")/lib.sh"

cat >good.lua <<'LUA'
return {
    data_dir = "/tmp/somewhere",
    commission = "per_share:0.005,min=1",
    slippage = "bps:5",
    accounts = { main = { type = "taxable", kind = "cash", broker = "paper", cash = "25000.00", fractional = true } },
    limits = { max_order_notional = "10000", max_position_notional = "50000" },
    log = { level = "info", format = "json" },
}
LUA
run 0 config check good.lua
err_empty
run 0 config show good.lua
out_has "limits.max_order_notional = 10000"
QM_CONFIG=good.lua run 0 config check
mkdir -p "$XDG_CONFIG_HOME/quantmatrix"
cp good.lua "$XDG_CONFIG_HOME/quantmatrix/config.lua"
run 0 config check
run 64 config chek good.lua
err_has chek
run 64 config
run 78 config check missing.lua
err_has missing.lua

# TEXT THAT IS NAMED|FILE
while IFS='|' read -r word text; do
    printf '%b\n' "$text" >bad.lua
    run 78 config check bad.lua
    CHECKS=$((CHECKS + 1))
    cat "$WORK/out" "$WORK/err" | grep -qF -- "$word" || fail "$text: \"$word\" is not named"
    cat "$WORK/out" "$WORK/err" | grep -qF bad.lua || fail "$text: the file is not named"
done <<'ROWS'
comission|return { comission = "none" }
did you mean "commission"|return { comission = "none" }
per_sharr|return { commission = "per_sharr:1" }
limits.max_order_notional|return { limits = { max_order_notional = 10000 } }
accounts.main.kind|return { accounts = { main = { kind = "margine" } } }
accounts.main.fractional|return { accounts = { main = { fractional = "yes" } } }
log.level|return { log = { level = "loud" } }
bad.lua:2|return {\n  oops oops\n}
bad.lua:1|return { data_dir = os.getenv "HOME" }
too long|while true do end
data_dir|return { data_dir = function() end }
not a table|return 5
ROWS
printf 'local t = {} for i = 1, 1e9 do t[i] = i end return t\n' >big.lua
run 78 config check big.lua
if [ -e /dev/full ]; then
    "$QM" config show good.lua >/dev/full 2>"$WORK/err"
    same "full disk" $? 74
fi

# what it says is in force
cat >"$XDG_CONFIG_HOME/quantmatrix/config.lua" <<LUA
return {
    data_dir = "$WORK/elsewhere",
    limits = { max_order_notional = "500" },
    accounts = { small = { kind = "cash", cash = "1234.56" }, real = { kind = "cash", broker = "ibkr" } },
}
LUA
unset QM_DATA
hand_bars >spy.csv
run 0 data import spy.csv
[ -s elsewhere/market.db ] || fail "data_dir is not used"
cat >buyer.lua <<'LUA'
local qm = require "qm"
return qm.strategy {
    name = "buyer", universe = { "SPY" }, timeframe = "1d",
    start = function(ctx) ctx:buy { "SPY", qty = 10, type = "market" } end,
    on_bar = function(ctx, bar) end,
}
LUA
"$QM" run buyer.lua --account small >"$WORK/out" 2>"$WORK/err" </dev/null &
pid=$!
wait_for 5 grep -q "ready in" "$WORK/err" || fail "the daemon does not get ready"
kill -TERM $pid
wait $pid
err_has "capital 1234.56"
if command -v sqlite3 >/dev/null; then
    same "an order over the limit is refused" "$(sqlite3 elsewhere/book.db 'SELECT state FROM orders')" refused
fi
run 69 run buyer.lua --account real
err_has ibkr
run 64 run buyer.lua --account nobody
err_has nobody
echo 'return { comission = "none" }' >"$XDG_CONFIG_HOME/quantmatrix/config.lua"
run 78 data list
err_has comission
run 78 run buyer.lua
run 0 version # needs no configuration
QM_CONFIG=$WORK/missing.lua run 78 data list
err_has missing.lua
finish
