#!/bin/bash
# SPDX-License-Identifier: MIT
# The page of a backtest, and its tables as CSV.
. "$(dirname "$0")/lib.sh"

walk 5 >LONG.csv
cat >cross.lua <<'L'
local qm = require "qm"
return qm.strategy {
    name = "cross", universe = { "LONG" }, timeframe = "1d", params = { part = qm.number { default = 0.5, min = 0, max = 1 } },
    inputs = function() return { qm.close, qm.ta.sma(5), qm.ta.sma(15) } end,
    init = function(ctx) ctx:buy { "LONG", qty = 1, reason = 'first, and "last"' } end,
    on_bar = function(ctx, bar, _, fast, slow) ctx:target(bar.symbol, fast > slow and ctx.params.part or 0) end,
}
L
echo 'return { tax = { short_term = "0.35", long_term = "0.15" } }' >config.lua
export QM_CONFIG="$PWD/config.lua"
run 0 backtest cross.lua --bars LONG=LONG.csv --benchmark "A&B=LONG.csv" --no-journal --json --report page.html --csv made/tables \
    --commission pct:0.1
err_empty
page_has() {
    CHECKS=$((CHECKS + 1))
    grep -qF -- "$1" page.html || fail "the page lacks: $1"
}
page_has "$(json d.seal.hash)"
page_has "$(json d.seal.source)"
page_has '{&quot;part&quot;:0.5}'
page_has "LONG: 300 bars"
page_has "A&amp;B"
page_has 'class="benchmark"'
page_has "Sharpe ratio of the last 126 sessions"
page_has "After tax, by method"
page_has HIFO
page_has "Wash sales"
page_has "Round trips"
page_has 'class="filter"'
same "rows of round trips" "$(grep -c '>\(won\|lost\|even\)</td></tr>' page.html)" "$(json d.metrics.trades.closed)"
CHECKS=$((CHECKS + 1))
grep -qE '(src|href)=|https?:|@import|url\(' page.html && fail "the page loads something"
same "one script" "$(grep -c '<script' page.html)" 1

# the tables are those of the result
count() { echo $(($(wc -l <"made/tables/$1.csv") - 1)); }
same "equity" "$(count equity)" "$(json '#d.equity')"
same "trades" "$(count trades)" "$(json '#d.metrics.round_trips')"
same "orders" "$(count orders)" "$(json '#d.orders')"
same "fills" "$(count fills)" "$(json '#d.fills')"
same "lots" "$(count lots)" "$(json '#d.lots + #d.realized')"
same "the last equity" "$(tail -1 made/tables/equity.csv | cut -d, -f3)" "$(json d.summary.final_equity)"
same "profits" "$(awk -F, 'NR > 1 {sum += $11} END {printf "%.2f", sum}' made/tables/trades.csv)" \
    "$(json '("%.2f"):format(d.metrics.trades.profit)')"
same "gains" "$(awk -F, 'NR > 1 {sum += $8} END {printf "%.2f", sum}' made/tables/lots.csv)" \
    "$(json '("%.2f"):format(d.summary.realized_short + d.summary.realized_long)')"
same "fees" "$(awk -F, 'NR > 1 {sum += $6} END {printf "%.2f", sum}' made/tables/fills.csv)" "$(json '("%.2f"):format(d.summary.fees)')"
same "a cell with commas and quotes" "$(sed -n 2p made/tables/orders.csv | cut -d, -f1-4,13-)" \
    '1,LONG,buy,market,"first, and ""last"""'
cp made/tables/equity.csv before.csv
run 0 backtest cross.lua --bars LONG=LONG.csv --no-journal --csv made/tables --commission pct:0.1
CHECKS=$((CHECKS + 1))
cmp -s before.csv made/tables/equity.csv || fail "the same run writes another table"

run 0 backtest cross.lua --bars LONG=LONG.csv --no-journal --report plain.html
CHECKS=$((CHECKS + 1))
grep -qF 'class="benchmark"' plain.html && fail "a benchmark that nobody named"
echo text >file
run 74 backtest cross.lua --bars LONG=LONG.csv --no-journal --csv file/tables
err_has file
finish
