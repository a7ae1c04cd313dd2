#!/bin/bash
# SPDX-License-Identifier: MIT
# Statements that others published, against figures that their authors give or that awk works out of the same rows.
. "$(dirname "$0")/../e2e/lib.sh"
REAL=${QM_REAL_DATA:-$SOURCE/../shared/data}
[ -r "$REAL/flex/uabean.xml" ] || { echo "skipped: no real data at hand"; exit 77; }
dry() {
    local want=$1
    shift
    run "$want" import "$@" --dry-run --json
    same "$1: rejected" "$(json 'rows(d.files[1].rejected, "row", "value", "reason")')" ""
    same "$1: unknown" "$(json 'table.concat(d.files[1].unknown_sections, ",")')" ""
}
differences() {
    json "(function() local l = {} for _, r in ipairs(d.files[${1:-1}].reconciliation) do if not tostring(r.difference):match '^0%.?0*$' then l[#l + 1] = r.item .. ' ' .. tostring(r.difference) end end return table.concat(l, '; ') end)()"
}
missing() {
    json "(function() local l = {} for s, q in pairs(d.files[${1:-1}].missing_opening_lots) do l[#l + 1] = s .. ' ' .. q end table.sort(l) return table.concat(l, ', ') end)()"
}
gain() {
    json "tostring(d.files[$1].realized['$2'].ours) .. '/' .. tostring(d.files[$1].realized['$2'].statement)"
}
line() { # ITEM of the first file
    json "(function() for _, r in ipairs(d.files[1].reconciliation) do if r.item == '$1' then return r.ours .. '/' .. r.statement end end end)()"
}
counts() {
    json "(function() local l = {} for k, n in pairs(d.files[${1:-1}].counts) do l[#l + 1] = k .. ' ' .. n end table.sort(l) return table.concat(l, ', ') end)()"
}

# ---- IBKR activity
dry 0 "$REAL/ibkr/tradegit_activity.csv"
same "AAPL" "$(gain 1 AAPL)" 1632.9944/1632.9944
same "NVDA" "$(gain 1 NVDA)" -4114.5/-4114.5
same "TSLA" "$(gain 1 'TSLA 19JUN26 300 C')" 3243.5/3243.5
same "cash" "$(json 'd.files[1].totals.USD.net')" 50793.2344
dry 1 "$REAL/ibkr/gnomeek_sample.csv" # costs and a subtotal leave rows and fees out, and AAPL does not add up
same "gnomeek" "$(differences)" "cost of AAPL 0.35; cost of MSFT 0.30; realized AAPL null; realized TSLA -2.55; sum of Trades, proceeds, TSLA -2200.00; sum of Trades, fees, TSLA -0.30"
same "gnomeek missing" "$(missing)" "AAPL 10"
dry 0 "$REAL/ibkr/ibkr_header_rows_observed_2025.csv"
same "headers only" "$(counts)" ""
run 65 import "$REAL/ibkr/kapji_transaction_history.csv" --dry-run
out_has "a Transaction History report"

# ---- Flex
dry 0 "$REAL/flex/osa_corporate_action_2025.xml" # SUMMARY and DETAIL of everything; ISIN change, new ticker
same "osa" "$(counts)" "corporate_action 2, dividend 2, trade 1, withholding 2"
same "osa lines" "$(json 'rows(d.files[1].reconciliation, "item", "ours", "statement")')" "position 1XJ|24|24 cost of 1XJ|799.8|799.8"
dry 1 "$REAL/flex/osa_minimal_short_options_2025.xml" # the file's cash is 4,013.50 away from its own rows
same "short options" "$(differences)" "cash 4013.50; cash: trade 12.50; cash: commissions 1.00"
same "short cost" "$(line 'cost of XXXX  260220C00200000')" -3701.6/-3701.6
dry 1 "$REAL/flex/osa_vtandchill_2025.xml" # anonymised: cash and costs were changed
same "VT" "$(line 'position VT')" 200/200
dry 0 "$REAL/flex/ibflex_activity_basic.xml"
same "basic" "$(counts) $(json 'rows(d.files[1].reconciliation, "item", "ours")')" "deposit 1, trade 1 position AAPL|100 cost of AAPL|15001"
dry 1 "$REAL/flex/ibflex_crypto_transfer.xml"
same "transfer out" "$(missing)" "BTC.USD-PAXOS 0.5"
dry 0 "$REAL/flex/ibflex_legacy_separator.xml"
same "legacy" "$(json 'd.files[1].totals.USD.deposit')" 5000
dry 0 "$REAL/flex/ibflex_minimal.xml"
dry 0 "$REAL/flex/ibflex_stock_grant.xml"
same "grant" "$(counts)" "grant 1"
dry 0 "$REAL/flex/konishchev_empty_trade_confirmation.csv"
dry 0 "$REAL/flex/tradegit_flex.csv"
same "SPY" "$(gain 1 SPY)" 3518/null
same "GME short" "$(gain 1 GME)" 638/null
for n in 01:26 05:4 10:2 15:3 24:10; do
    run 0 import "$REAL/flex/pp_${n%%:*}.xml" --dry-run --json
    same "pp_$n" "$(json '(function() local n = 0 for _, f in ipairs(d.files) do for _, c in pairs(f.counts) do n = n + c end end return n end)()')" "${n#*:}"
done
same "pp_24 cash" "$(json 'rows(d.files[1].reconciliation, "item", "ours", "difference")')" "cash|4083.3332134|0.00"
run 0 import "$REAL/flex/pp_10.xml" --dry-run --json
same "pp_10 forex" "$(json 'd.files[1].totals.USD.forex .. " " .. d.files[1].totals.EUR.forex')" "$(
    sed -n 's/.*assetCategory="CASH".* quantity="\([^"]*\)".* proceeds="\([^"]*\)".*/\2 \1/p' "$REAL/flex/pp_10.xml")"

# The author's conversion of the same trades: money and fees agree, but for two that were settled in cash.
run 1 import "$REAL/flex/cmer_trades.xml" "$REAL/expected/cmer_trades_as_tastyworks.csv" --dry-run --json
same "fees" "$(json 'd.files[2].totals.USD.commissions')" -590.817951
same "fees in two currencies" "$(json 'd.files[1].totals.CAD.commissions .. " " .. d.files[1].totals.USD.commissions')" "-11.25 -579.567951"
same "trades" "$(json 'd.files[2].totals.USD.trade - d.files[1].totals.USD.trade - d.files[1].totals.CAD.trade')" -360000 # 120 x 100 x (108.78 - 138.78)
same "carried in" "$(missing 1)" "IAG 900, RUT   181221C01480000 -120, RUT   181221C01510000 120, RUT   181221P01435000 120, RUT   181221P01465000 -120, ULTA  181019P00250000 -44"

# uabean: what was held before is in the author's second file; written as a Flex query, all gains are known.
run 1 import "$REAL/flex/uabean.xml" --dry-run --json
same "uabean missing" "$(missing)" "BRK B 1.6282, MRO 50, TRNE 19"
same "AGG" "$(gain 1 AGG)" 4.719651818/4.719652
same "LVGO" "$(gain 1 LVGO)" 10.622048/10.622048
before() { # SYMBOL CONID UNITS AMOUNT FEE WHEN ID
    printf '<Trade accountId="DUMMYID1" currency="USD" assetCategory="STK" symbol="%s" conid="%s" quantity="%s" tradePrice="1" proceeds="%s" ibCommission="%s" ibCommissionCurrency="USD" openCloseIndicator="O" dateTime="%s" transactionID="%s" levelOfDetail="EXECUTION"/>\n' "$@"
}
grep -q 'BUY 1 BRK.B @ 184.25 USD' "$REAL/expected/uabean_existing.beancount" || fail "the author's second file is another one"
{
    echo '<FlexQueryResponse><FlexStatements><FlexStatement accountId="DUMMYID1" fromDate="20000101" toDate="20000131"><Trades>'
    before "BRK B" 72063691 1 -184.25 -1 "20000303;113840" DUMMYTRADEID44
    before "BRK B" 72063691 0.6282 -115.739568 0 "20000303;130016" DUMMYTRADEID43
    before MRO 9599 50 -500 -1 "20000115;100000" M1
    before TRNE "" 19 -249.85 -1 "20000115;100000" T1
    echo '</Trades></FlexStatement></FlexStatements></FlexQueryResponse>'
} >before.xml
sed -i 's/toDate="20000131"/toDate="20000401"/' before.xml
run 1 import before.xml "$REAL/flex/uabean.xml" --dry-run --json
same "uabean with what came before" "$(missing 2)" ""
same "BRK B" "$(gain 2 'BRK B')" 22.828959592/22.82896
same "only its cash differs" "$(differences 2 | tr ';' '\n' | grep -vc '^ *cash')" 0 # the file is a part: its cash report is of the whole

# ---- tastytrade
dry 0 "$REAL/tasty_csv/laroche_deposit_interest.csv"
same "laroche" "$(json 'd.files[1].totals.USD.net')" 1000.06
FILE=$REAL/tasty_csv/graeme_desktop_2021_first200.csv
dry 1 "$FILE"
same "graeme cash" "$(json 'd.files[1].totals.USD.net')" "$(awk -F, 'NR > 1 {n += $7 + $10 + $11} END {printf "%.3f", n}' "$FILE")"
for s in IAU NLY MO T; do # all that was bought was sold, in order
    same "$s" "$(gain 1 $s)" "$(awk -F, -v s=$s '$4 == s && $3 != "" {n += $7 + $10 + $11} END {printf "%.3f/null", n}' "$FILE")"
done
# The premiums of both options that end in shares are in the gain of the shares.
same "SPCE" "$(gain 1 SPCE)" "$(awk -F, '($4 == "SPCE" && $3 != "") || $4 ~ /^SPCE  210319P0004[23]000$/ {n += $7 + $10 + $11} END {printf "%.3f/null", n}' "$FILE")"
same "graeme missing" "$(missing | tr ',' '\n' | wc -l)" 12 # eleven options, and crypto that was awarded
finish
