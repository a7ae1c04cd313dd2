#!/bin/bash
# SPDX-License-Identifier: MIT
# Sales that want other lots than their account's method takes: instructions until they are confirmed.
. "$(dirname "$0")/lib.sh"

# The demo's strategies, with sales that ask for the highest cost.
mkdir mine && cp -r "$SOURCE"/strategies/. mine/
sed -i 's/selling.order = ctx:sell(request).id/request.lots = "hifo"\n                &/' mine/atr_matrix.lua
QM_STRATEGIES=$PWD/mine run 0 demo --dir td --speed 0
run 0 lots due --data td --json
same "some" "$(json '#d.instructions > 10')" true
same "of the method" "$(json 'd.instructions[1].method .. " " .. d.instructions[1].state .. " " .. d.instructions[1].account')" "HIFO missed main"
# Until a confirmation the books go first in, first out; find a sale where that differs.
cp out due
order=$(lua5.4 "$SOURCE/tests/e2e/json.lua" due '(function()
    for _, i in ipairs(d.instructions) do
        if i.lots:find "," then return i.order end
    end
end)()')
[ "$order" = null ] && order=$(lua5.4 "$SOURCE/tests/e2e/json.lua" due 'd.instructions[1].order')
run 0 tax report 2024 --data td --view off --json
before=$(json '#d.form8949')
run 0 lots confirm "$order" --data td
run 0 lots confirm "$order" --data td
run 0 lots due --data td --json
same "confirmed" "$(json "(function() for _, i in ipairs(d.instructions) do if i.order == $order then return i.state end end end)()")" confirmed
run 0 tax report 2024 --data td --view off --json
same "rows stay" "$(json '#d.form8949 > 0')" true
[ "$before" -gt 0 ] || fail "no rows before"
run 0 lots due --data td
out_has missed

# With all of them confirmed every named lot is a row of its sale.
run 0 lots confirm $(lua5.4 "$SOURCE/tests/e2e/json.lua" due '(function()
    local l = {}
    for _, i in ipairs(d.instructions) do l[#l + 1] = i.order end
    return table.concat(l, " ")
end)()') --data td
: >rows
for year in 2020 2021 2022 2023 2024; do
    run 0 tax report $year --data td --csv
    awk -F, 'NR > 1 {split($2, d, " "); print $13 " x " d[1]}' out >>rows
done
run 0 lots due --data td --json
json '(function() local l = {} for _, i in ipairs(d.instructions) do l[#l + 1] = i.lots end return table.concat(l, ", ") end)()' |
    sed 's/, /\n/g' | sort -u >named
CHECKS=$((CHECKS + 1))
[ "$(wc -l <named)" -gt 10 ] || fail "few lots are named"
sort -u rows | comm -13 - named >lacking
same "named lots that no row has" "$(wc -l <lacking)" 0
run 65 lots confirm 999999 --data td
err_has "order 999999 has no lot instruction"
run 64 lots confirm one --data td
err_has one
run 64 lots ZBND extra --data td
run 69 lots due --data nowhere
finish
