#!/bin/bash
# SPDX-License-Identifier: MIT
# The DCA advisor: recommendations by profile, with lots and tax; none without what it needs. And the instruments table.
. "$(dirname "$0")/lib.sh"

cat >hold.lua <<'L'
local qm = require "qm"
return qm.strategy {
    name = "hold", universe = { "SPY" }, timeframe = "1d",
    on_bar = function(ctx) if not ctx.state.n then ctx.state.n = 1 ctx:buy { "SPY", qty = 10 } end end,
}
L
echo 'return { tax = { short_term = "0.35", long_term = "0.15" } }' >config.lua
export QM_CONFIG="$PWD/config.lua"
bar() { # DAY PRICE
    printf '{"type":"bar","time":"2024-01-%sT21:00:00Z","symbol":"SPY","open":%s,"high":%s,"low":%s,"close":%s,"volume":10}\n' $1 $2 $2 $2 $2
}
events() { # PRICE AT THE END
    bar 02 100
    bar 03 100
    bar 04 $1
    echo '{"type":"timer","time":"2024-01-04T21:31:00Z"}'
}
ADVISOR="$SOURCE/strategies/jobs/dca_advisor.lua"
sed 's/default = "conservative"/default = "balanced"/' "$ADVISOR" >balanced.lua

events 150 >up.jsonl
run 0 run hold.lua balanced.lua --events up.jsonl
grep '"strategy":"dca_advisor","kind":"signal"' out >signal
CHECKS=$((CHECKS + 1))
grep -q '"reason":"balanced: +50.0%, reduce 15% of the position (1.5)"' signal || fail "no recommendation to reduce"
# 1.5 shares at 150, bought at 100: 75 short-term, 26.25 of tax
grep -q '"consequences":"lots hold#2 x 1.5; short-term 75, long-term 0, tax 26.25"' signal || { cp signal out; fail "not the lots and the tax"; }
events 75 >down.jsonl
run 0 run hold.lua balanced.lua --events down.jsonl
out_has 'balanced: -25.0%, buy 10% of the position (1)'
out_has '"consequences":"no wash sale"'
events 110 >flat.jsonl
run 0 run hold.lua balanced.lua --events flat.jsonl
out_has '"value":"+10.0%: nothing to do"'
run 0 run hold.lua "$ADVISOR" --events up.jsonl
out_has 'conservative needs cap from the instruments table'

# The table: all of it or none, with place and value.
hand_bars >SPY.csv
run 0 data import SPY.csv
printf 'symbol,sector,market_cap\nSPY,Technology,"500,000,000,000"\nAAPL,Technology,3e12\n' >table.csv
run 0 data instruments import table.csv
run 0 data instruments
out_has "500000"
out_has AAPL
bad() { # TEXT EXPECTED
    printf "$1" >bad.csv
    run 65 data instruments import bad.csv
    err_has "$2"
}
bad 'symbol,cap\nSPY,1\n' 'column "cap"'
bad 'sector\nTechnology\n' 'no column symbol'
bad 'symbol,market_cap\nMSFT,1e12\nSPY,big\n' 'bad.csv:3'
bad 'symbol,kind\nSPY,share\n' '"share"'
run 0 data instruments
CHECKS=$((CHECKS + 1))
grep -q MSFT out && fail "half a table was stored"
run 64 data instruments export
finish
