#!/bin/bash
# SPDX-License-Identifier: MIT
# The seal of a result, qm verify, and --check.
. "$(dirname "$0")/lib.sh"

walk 11 >LONG.csv
cat >cross.lua <<'L'
local qm = require "qm"
return qm.strategy {
    name = "cross", universe = { "LONG" }, timeframe = "1d", params = { part = qm.number { default = 0.5, min = 0, max = 1 } },
    inputs = function() return { qm.close, qm.ta.sma(5), qm.ta.sma(15) } end,
    on_bar = function(ctx, bar, _, fast, slow) ctx:target(bar.symbol, fast > slow and ctx.params.part or 0) end,
}
L
made() { run 0 backtest cross.lua --bars LONG=LONG.csv --no-journal --json "$@"; }
# parts that differ, in the order of the answer
parts() { json '(function() local names = {} for _, p in ipairs(d.parts) do names[#names + 1] = not p.ok and p.part or nil end
    return table.concat(names, " ") end)()'; }
changed() { # EXPECTED WHAT
    run 1 verify r.json --json
    same "$2" "$(parts)" "$1"
}

made
cp "$WORK/out" r.json
same "a seal" "$(json '#d.seal.hash')" 64
same "no checks" "$(json 'd.checks')" null
same "its decisions" "$(json 'd.seal.decisions == d.decision_hash')" true
seal=$(json d.seal.hash)
run 0 verify r.json
out_has "the same again"
err_empty
run 0 verify r.json --json
same "parts" "$(json 'd.ok and #d.parts > 15')" true

# what the seal is of
gzip -k LONG.csv
run 0 backtest cross.lua --bars LONG=LONG.csv.gz --no-journal --json --set part=0.5
same "the same bars of another file" "$(json d.seal.hash)" "$seal"
for other in "--set part=0.6" "--cash 5000" "--commission pct:0.1" "--from 2022-03-01" "--path ohlc" "--lots hifo" --fractional \
    "--account cash" "--account-type ira" "--slippage bps:1" "--to 2022-12-01" "--benchmark X=LONG.csv"; do
    # shellcheck disable=SC2086
    made $other
    CHECKS=$((CHECKS + 1))
    [ "$(json d.seal.hash)" != "$seal" ] || fail "$other has the same seal"
done
echo 'return { tax = { short_term = "0.35", long_term = "0.15" } }' >config.lua
QM_CONFIG="$PWD/config.lua" "$QM" verify r.json --json >"$WORK/out" 2>"$WORK/err"
same "tax rates" "$(parts)" "tax rates seal tax"

# every part is named when it changes
cp cross.lua kept.lua
sed -i 's/sma(5)/sma(6)/' cross.lua
run 1 verify r.json
out_has "strategy cross.lua"
out_has decisions
run 1 verify r.json --json
same "strategy" "$(parts | cut -d' ' -f1-3)" "strategy seal decisions"
cp kept.lua cross.lua
echo "-- a comment" >>cross.lua
changed "strategy seal" "a comment in the strategy"
cp kept.lua cross.lua
cp LONG.csv kept.csv
sed -i '$s/1000$/1001/' LONG.csv
changed "data seal" "a volume that nobody reads"
same "which" "$(json 'd.parts[6].name')" LONG
sed -i '40s/,.*/,50,60,40,50,1000/' LONG.csv
run 1 verify r.json --json
same "a price" "$(parts | cut -d' ' -f1-4)" "data seal decisions summary"
cp kept.csv LONG.csv
run 0 verify r.json
sed 's/"version":"[^"]*"/"version":"0.0.9"/' r.json >v.json
run 1 verify v.json --json
same "version" "$(parts)" version
# a result that was edited
equity=$(lua5.4 "$SOURCE/tests/e2e/json.lua" r.json d.summary.final_equity)
sed "s/\"final_equity\":\"$equity\"/\"final_equity\":\"200000\"/" r.json >v.json
run 1 verify v.json
out_has "summary final_equity"
out_has "was  200000"
out_has "is   $equity"
sed 's/"side":"buy"/"side":"sell"/' r.json >v.json
run 1 verify v.json
out_has 'orders [1].side'
sed 's/"LONG=LONG.csv"/"LONG=LONG.csv","--cash","99999"/' r.json >v.json
run 1 verify v.json --json
same "an option" "$(parts | cut -d' ' -f1)" seal
mv LONG.csv gone.csv
run 65 verify r.json
err_has LONG.csv
mv gone.csv LONG.csv
rm cross.lua
run 65 verify r.json
err_has cross.lua
cp kept.lua cross.lua
# what is no result
echo '{"summary":{}}' >v.json
run 65 verify v.json
err_has "no seal"
echo 'summary' >v.json
run 65 verify v.json
err_has "no JSON"
run 65 verify none.json
err_has none.json

# from the store: more bars, and an action
run 0 data import LONG.csv
run 0 backtest cross.lua --no-journal --json
cp "$WORK/out" r.json
same "as from the file" "$(json d.seal.hash)" "$seal"
run 0 data actions add LONG dividend 2022-06-01 0.50
run 1 verify r.json
out_has "data LONG"
out_has "1 actions"
cp -r data other
run 1 verify r.json --data other
run 0 data remove LONG
run 65 verify r.json
err_has LONG

# checks
made --check lookahead --check warmup --check bounds
same "checks" "$(json 'tostring(d.checks.lookahead.ok) .. tostring(d.checks.warmup.ok) .. tostring(d.checks.bounds.ok)')" truetruetrue
same "cuts" "$(json 'd.checks.lookahead.cuts > 12 and d.checks.lookahead.compared > 100')" true
same "seal" "$(json d.seal.hash)" "$seal"
same "nothing inside a bar" "$(json 'd.checks.bounds.pessimistic == d.checks.bounds.optimistic')" true
cp "$WORK/out" r.json
run 0 verify r.json
run 64 backtest cross.lua --bars LONG=LONG.csv --check lokahead
err_has lokahead
head -6 LONG.csv >short.csv
sed 's/sma(5)/sma(1)/; s/sma(15)/sma(2)/' cross.lua >quick.lua
run 65 backtest quick.lua --bars LONG=short.csv --no-journal --check lookahead
err_has "8 slices"

# an average that never forgets: what it was is part of what was said, or of what is ordered
cat >slow.lua <<'L'
local qm = require "qm"
return qm.strategy {
    name = "slow", universe = { "LONG" }, timeframe = "1d", params = { buy = qm.boolean { default = false } },
    inputs = function() return { qm.close, qm.ta.ema(100) } end,
    on_bar = function(ctx, bar, close, average)
        ctx:skip { rule = "average", symbol = bar.symbol, value = ("%.6f"):format(average) }
        if ctx.params.buy then ctx:buy { bar.symbol, qty = 1 + math.floor(average * 1000) % 10 } end
    end,
}
L
run 1 backtest slow.lua --bars LONG=LONG.csv --no-journal --json --set buy=true --check warmup --check lookahead
same "warm-up" "$(json 'd.checks.warmup.ok')" false
same "look-ahead" "$(json 'd.checks.lookahead.ok')" true
same "which" "$(json 'd.checks.warmup.parts[1].differs.was:match "intent LONG"')" "intent LONG"
run 1 backtest slow.lua --bars LONG=LONG.csv --no-journal --set buy=true --check warmup
out_has "warmup: FAILED"
out_has "other orders"
run 0 backtest slow.lua --bars LONG=LONG.csv --no-journal --json --check warmup
same "only said" "$(json 'd.checks.warmup.parts[1].said.was:match "skip LONG"')" "skip LONG"
same "only said" "$(json 'tostring(d.checks.warmup.parts[1].differs)')" null

# a stop-limit below the market: whether the bar comes back to the limit after the stop, it does not tell
cat >both.lua <<'L'
local qm = require "qm"
return qm.strategy {
    name = "both", universe = { "LONG" }, timeframe = "1d",
    init = function(ctx) ctx.state.n = 0 end,
    on_bar = function(ctx, bar)
        ctx.state.n = ctx.state.n + 1
        if ctx.state.n == 1 then ctx:buy { bar.symbol, qty = 10 } end
    end,
    on_fill = function(ctx, fill)
        if fill.side == "buy" then
            ctx:sell { fill.symbol, qty = 10, type = "stop_limit", stop = "90", limit = "92", tif = "gtc" }
        end
    end,
}
L
printf '%s\n' date,open,high,low,close,volume 2024-01-02,100,101,99,100,1000 2024-01-03,100,101,99,100,1000 \
    2024-01-04,100,115,85,91,1000 2024-01-05,80,81,79,80,1000 >wide.csv
run 0 backtest both.lua --bars LONG=wide.csv --no-journal --json --check bounds
same "worst and best" "$(json 'd.checks.bounds.pessimistic .. " " .. d.checks.bounds.run .. " " .. d.checks.bounds.optimistic')" \
    "99800 99800 99920"
same "the fill" "$(json 'tostring(d.checks.bounds.differs.was)')" null
same "the fill" "$(json 'd.checks.bounds.differs.is')" "fill LONG sell 10 at 92"
run 0 backtest both.lua --bars LONG=wide.csv --no-journal --check bounds --path optimistic
out_has "from 99,800.00 to 99,920.00"
finish
