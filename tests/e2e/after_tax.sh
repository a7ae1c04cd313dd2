#!/bin/bash
# SPDX-License-Identifier: MIT
# What a backtest is worth after taxes, against figures worked out by hand.
. "$(dirname "$0")/lib.sh"

cat >SPY.csv <<'E'
date,open,high,low,close,volume
2022-01-03,100,100,100,100,1000
2022-01-04,100,100,100,100,1000
2022-06-01,150,150,150,150,1000
2022-06-02,150,150,150,150,1000
2023-04-14,150,150,150,150,1000
2023-04-17,150,150,150,150,1000
2023-12-29,150,150,150,150,1000
E
cat >once.lua <<'L'
local qm = require "qm"
return qm.strategy {
    name = "once", universe = { "SPY" }, timeframe = "1d", params = { sell = qm.string { default = "2022-06-01" } },
    on_bar = function(ctx, bar)
        if bar.date == "2022-01-03" then ctx:buy { "SPY", qty = 10 } end
        if bar.date == ctx.params.sell then ctx:sell { "SPY", qty = 10 } end
    end,
}
L
echo 'return { tax = { short_term = "0.35", long_term = "0.15" } }' >config.lua
export QM_CONFIG="$PWD/config.lua"
back() {
    run 0 backtest once.lua --cash 1000 --no-journal --json "$@"
}
close() { # WHAT KEY EXPECTED
    same "$1" "$(json "('%.9f'):format(d.tax.$2)")" "$3"
}

# 500 short-term at 35%: 175 of 1,500 leave on 17 April 2023, the first session from the 15th on.
back --bars SPY=SPY.csv
close "before" before 0.500000000
close "held" after_distributions 0.325000000
close "sold" after_liquidation 0.325000000
close "drag" drag "$(awk 'BEGIN {y = 725 / 365.25; printf "%.9f", 1.5 ^ (1 / y) - 1.325 ^ (1 / y)}')"
same "tax" "$(json d.tax.tax)" 175
same "years" "$(json 'rows(d.tax.years, "year", "tax")')" "2022|175 2023|0"
same "methods" "$(json 'rows(d.tax.methods, "method")')" "FIFO LIFO HIFO MINTAX MINTAX_RATE"

# Not sold: nothing is due until it is: 500 long-term at 15%.
back --bars SPY=SPY.csv --set sell=never
close "held" after_distributions 0.500000000
close "sold" after_liquidation 0.425000000

# A loss saves tax: 250 at 35% in 2022; what is above 3,000 is carried into the next years.
sed 's/,150,150,150,150,/,75,75,75,75,/' SPY.csv >low.csv
back --bars SPY=low.csv
same "saved" "$(json d.tax.tax)" -87.5

sed 's/qty = 10/qty = 400/g' once.lua >many.lua
run 0 backtest many.lua --cash 40000 --no-journal --json --bars SPY=low.csv
same "carried" "$(json 'rows(d.tax.years, "year", "tax")')" "2022|-1050 2023|-1050"

# An IRA pays nothing; without rates nothing is worked out.
back --bars SPY=SPY.csv --account-type ira
close "ira" after_distributions 0.500000000
same "ira" "$(json d.tax.status)" deferred
unset QM_CONFIG
back --bars SPY=SPY.csv
same "no rates" "$(json d.tax.status)" "no rates"
same "no rates" "$(json d.tax.after_distributions)" null
run 0 backtest once.lua --cash 1000 --no-journal --bars SPY=SPY.csv
out_has "no rates"
export QM_CONFIG="$PWD/config.lua"

# Dividends: held 61 days around the ex-date they are qualified, else ordinary.
run 0 data import SPY.csv
run 0 data actions add SPY dividend 2022-04-01 1.00
back
same "qualified" "$(json 'rows(d.tax.years, "year", "qualified", "ordinary", "tax")')" "2022|10|0|176.5 2023|0|0|0"
run 0 data actions add SPY dividend 2022-05-25 1.00
sed 's/2022-01-03" then/2022-04-14" then/' once.lua >late.lua
sed -i 's/^2022-06-01/2022-04-14,100,100,100,100,1000\n2022-04-18,100,100,100,100,1000\n2022-06-01/' SPY.csv
run 0 data import SPY.csv
run 0 backtest late.lua --cash 1000 --no-journal --json
same "ordinary" "$(json 'rows(d.tax.years, "year", "qualified", "ordinary")')" "2022|0|10 2023|0|0"
finish
