#!/bin/bash
# SPDX-License-Identifier: MIT
# The tax book of what a daemon has traded: lots, a year on paper, questions before a sale.
. "$(dirname "$0")/lib.sh"

run 69 lots --data nowhere
err_has "nothing has traded here yet"

run 0 demo --dir td --speed 0
grep -A3 "Realised gains by term" out >told
dividends=$(awk '/^(atr_matrix|dca_)/ {gsub(",", "", $4); s += $4} END {printf "%.2f", s}' <(grep -A5 "Realised gains by term" out))
returns=$(awk '/^(atr_matrix|dca_)[a-z]* +(running|stopped)/ {printf "%s ", $4}' out)
shorts=$(awk '/^atr_matrix/ {gsub(",", "", $2); print $2}' told)
longs=$(awk '/^atr_matrix/ {gsub(",", "", $3); print $3}' told)

# Without wash sales the forms of all years sum to what the sleeves say that they realised.
: >rows
for year in 2020 2021 2022 2023 2024; do
    run 0 tax report $year --data td --view off --csv
    tail -n +2 out >>rows
done
same "short-term" "$(awk -F, '$10 == "ST" {s += $9} END {printf "%.2f", s}' rows)" "$shorts"
same "long-term" "$(awk -F, '$10 == "LT" {s += $9} END {printf "%.2f", s}' rows)" "$longs"

# The portfolio has the same dividends and returns, and the lots' own sums.
run 0 portfolio --data td
same "returns" "$(awk '/^Strategies/ {on = 1} on && /%/ {r[$1] = $5} END {print r["atr_matrix"], r["dca_conservative"], r["dca_aggressive"], ""}' out)" "$returns"
run 0 portfolio --data td --json
same "dividends" "$(json '("%.2f"):format((function() local s = 0 for _, i in ipairs(d.income) do s = s + i.dividends end return s end)())')" "$dividends"
basis=$(json '("%.2f"):format((function() local s = 0 for _, h in ipairs(d.holdings) do s = s + h.basis end return s end)())')
run 0 lots --data td --json
same "basis" "$basis" "$(json '("%.2f"):format((function() local s = 0 for _, l in ipairs(d.lots) do s = s + l.basis end return s end)())')"

# With them a year's rows still are proceeds - basis + adjustment, and the lines sum the rows.
run 0 tax report 2024 --data td --json
same "rows add up" "$(json '(function() for _, r in ipairs(d.form8949) do
    if math.abs(r.proceeds - r.basis + r.adjustment - r.gain) > 0.001 then return r.sale end end return "yes" end)()')" yes
same "lines add up" "$(json '(function() local rows, lines = 0, 0
    for _, r in ipairs(d.form8949) do rows = rows + r.gain end
    for _, l in ipairs(d.schedule_d) do lines = lines + l.gain end
    return math.abs(rows - lines) < 0.001 end)()')" true
same "washed" "$(json 'd.disallowed ~= "0.00"')" true
run 0 tax report 2024 --data td
out_has "no rates"
out_has "code W"
run 0 tax report 2024 --data td --txf
out_has "V042"
run 0 tax report 1999 --data td
out_has "nothing was sold"
sale=$(awk -F, '$10 == "LT" {print $12; exit}' rows)
run 0 tax explain "$sale" --data td
out_has "Rev. Rul. 66-7"
out_has "1.1012-1(c)(1)"

run 0 lots --data td --json
symbol=$(json 'd.lots[1].symbol')
same "priced" "$(json 'd.lots[1].value ~= null')" true
cat >config.lua <<'L'
return { tax = { short_term = "0.35", long_term = "0.15" } }
L
export QM_CONFIG="$PWD/config.lua"
run 0 tax methods ZBND 5 --data td --json
same "least tax" "$(json '(function() local least, rate
    for _, m in ipairs(d.methods) do
        if m.method == "MINTAX_RATE" then rate = tonumber(m.tax) end
        if m.method ~= "AVERAGE" then least = math.min(least or 1e9, tonumber(m.tax)) end
    end
    return rate == least end)()')" true
run 0 tax what-if sell 5 ZBND --data td --method hifo
out_has "HIFO"
run 0 tax harvest --data td
out_has "buy again from"
run 0 lots ZBND --method hifo --data td
unset QM_CONFIG

run 1 tax what-if sell 5000000 ZBND --data td
err_has "holds less ZBND than that"
run 64 tax what-if buy 5 ZBND --data td
run 64 tax what-if sell five ZBND --data td
err_has five
run 64 tax what-if sell 5 ZBND --method magic --data td
err_has magic
run 65 tax what-if sell 5 NOPE --data td
err_has "no account holds NOPE"
run 64 tax report twenty --data td
err_has twenty
run 64 tax report 2024 --view mine --data td
err_has mine
run 64 tax report 2024 --csv --json --data td
run 64 tax harvest --date 2001-01-01 --data td
err_has 2001-01-01
run 64 tax reprot 2024 --data td
err_has "did you mean \"report\""
run 65 tax explain nothing#1 --data td
run 64 lots --method specific --data td
finish
