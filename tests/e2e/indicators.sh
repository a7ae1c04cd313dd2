#!/bin/bash
# SPDX-License-Identifier: MIT
# Stubs and docs are what the info table says, and Lua reads every row of it.
. "$(dirname "$0")/lib.sh"
mkdir -p copy/docs/reference copy/lua/meta
CHECKS=$((CHECKS + 1))
(cd "$SOURCE" && lua5.4 scripts/indicators "$QM" "$WORK/copy") || fail "scripts/indicators"
for file in docs/reference/indicators.md lua/meta/ta.lua; do
    CHECKS=$((CHECKS + 1))
    cmp -s "copy/$file" "$SOURCE/$file" || fail "$file is not what scripts/indicators writes"
done

# the list: what a program needs to call each of them
run 0 ta list --json
same "enough" "$(json '#d >= 60')" true
same "keys" "$(json '(function() for _, r in ipairs(d) do local m = missing(r, "name", "title", "group", "inputs",
    "parameters", "outputs", "warmup", "talib", "source") if m ~= "" then return r.name .. m end end return "all" end)()')" all
same "macd" "$(json '(function() for _, r in ipairs(d) do if r.name == "macd" then
    return rows(r.parameters, "name", "default", "min", "max", "whole") .. " " .. table.concat(r.outputs, ",") .. " "
        .. r.warmup .. " " .. r.talib end end end)()')" \
    "fast|12|2|100000|true slow|26|2|100000|true signal|9|1|100000|true macd,signal,hist 33 MACD"
json '(function() local t = {} for i, r in ipairs(d) do t[i] = r.name end return table.concat(t, "\n") end)()' >names
run 0 ta list
same "the plain list" "$(cut -d' ' -f1 "$WORK/out" | md5sum)" "$(md5sum <names)"

# every row: from the command line in both forms, and as an input of a strategy with the value of the last bar
BARS=$SOURCE/tests/vectors/ta/bars.csv
{
    echo 'local qm = require "qm"'
    echo 'local names = {'
    sed 's/.*/"&",/' names
    echo '}'
    cat <<'LUA'
return qm.strategy {
    name = "all", version = 1, universe = { "BARS" }, timeframe = "1d",
    init = function(ctx) ctx.state.bars = 0 end,
    inputs = function()
        local list = {}
        for i = 1, 64 do
            list[i] = qm.ta[names[i]]()
        end
        return list
    end,
    warmup = "early",
    on_bar = function(ctx, bar, ...)
        ctx.state.bars = ctx.state.bars + 1
        if ctx.state.bars == 400 then
            for i, name in ipairs(names) do
                local value = ctx.ta[name]("BARS")
                assert(i > 64 or value == (select(i, ...)), name)
                ctx.log.warn("value %s=%s", name, value and ("%.17g"):format(value) or "")
            end
        end
    end,
}
LUA
} >all.lua
run 0 backtest all.lua --bars "BARS=$BARS"
sed -n 's/.*value \([a-z0-9_]*=[-0-9.e]*\).*/\1/p' "$WORK/err" >lua.values
same "all rows in Lua" "$(wc -l <lua.values)" "$(wc -l <names)"
while read -r name; do
    run 0 ta "$name" "$BARS"
    cp "$WORK/out" batch
    run 0 ta "$name" --form stream "$BARS"
    cmp -s batch "$WORK/out" || fail "$name: stream differs from batch"
    same "$name in Lua" "$(grep "^$name=" lua.values)" "$name=$(tail -1 batch | cut -d, -f2)"
done <names

# without volumes: refused, not taken for zeros
cut -d, -f1-5 "$BARS" >novolume.csv
run 65 ta obv novolume.csv
err_has "no column volume, which obv reads"
out_empty
run 65 ta sma input=volume novolume.csv
run 65 ta --as-talib AD novolume.csv
run 0 ta rsi novolume.csv
run 0 ta vwap_anchored from=20180105 "$BARS"
same "before the anchor" "$(sed -n 2,5p "$WORK/out" | cut -d, -f2 | head -3 | tr -d '\n')" ""
finish
