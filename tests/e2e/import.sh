#!/bin/bash
# SPDX-License-Identifier: MIT
# qm import from outside: synthetic statements of each format against figures worked out by hand.
. "$(dirname "$0")/lib.sh"
DATA=$SOURCE/tests/data/statements
# gains of the n-th file: SYMBOL ours statement, in order of symbol
gains() {
    json "(function() local l = {} for s, g in pairs(d.files[$1].realized) do l[#l + 1] = s .. '=' .. g.ours .. '/' .. g.statement end table.sort(l) return table.concat(l, ' ') end)()"
}
differences() {
    json "(function() local l = {} for _, r in ipairs(d.files[$1].reconciliation) do if not tostring(r.difference):match '^0%.?0*$' then l[#l + 1] = r.item .. ' ' .. tostring(r.difference) end end return table.concat(l, '; ') end)()"
}

run 64 import --dry-run

# IBKR activity: byte order mark, CRLF, thousands, several headers, two currencies, a short sale, an assignment, a split.
run 0 import "$DATA/ibkr_activity.csv" --dry-run --json
same "keys" "$(json 'missing(d.files[1], "file", "format", "account", "counts", "known", "rejected", "unknown_sections", "totals", "realized", "missing_opening_lots", "reconciliation")')" ""
same "account" "$(json 'd.files[1].format .. " " .. d.files[1].account')" "ibkr_activity U0000001"
same "gains" "$(gains 1)" "SYNA 17JAN25 70 C=-101.4/-101.4 SYNA=398.58/398.58 SYNC=98/98"
same "differences" "$(differences 1)" ""
same "cash" "$(json 'd.files[1].totals.USD.net .. " " .. d.files[1].totals.EUR.net')" "41354.01 998"
same "held against" "$(json '#d.files[1].reconciliation')" 24
same "unknown" "$(json 'table.concat(d.files[1].unknown_sections, ",")')" "Lunar Lending Details"
same "trades" "$(json 'd.files[1].counts.trade .. d.files[1].counts.assignment .. d.files[1].counts.expiry')" 811

# Files that overlap, in either order, and one file twice: each row counts once.
for order in "ibkr_activity_q1.csv ibkr_activity.csv" "ibkr_activity.csv ibkr_activity_q1.csv"; do
    set -- $order
    run 0 import "$DATA/$1" "$DATA/$2" --dry-run --json
    same "known $1" "$(json 'd.files[1].known .. " " .. d.files[2].known')" "0 13"
    same "gains $1" "$(gains 1)|$(gains 2)" "$(gains 2)|$(gains 1)"
    same "differences $1" "$(differences 1)$(differences 2)" ""
done
run 0 import "$DATA/ibkr_activity.csv" "$DATA/ibkr_activity.csv" --dry-run --json
same "again" "$(json 'd.files[2].known')" 17

# A sale whose lots an earlier statement bought: alone they are missing, together the gain is known, in either order.
cat >q2.csv <<'S'
Statement,Header,Field Name,Field Value
Statement,Data,BrokerName,Synthetic Broker (made up for tests)
Statement,Data,Period,"April 1, 2025 - June 30, 2025"
Account Information,Header,Field Name,Field Value
Account Information,Data,Account,U0000001
Account Information,Data,Base Currency,USD
Open Positions,Header,DataDiscriminator,Asset Category,Currency,Symbol,Quantity,Mult,Cost Price,Cost Basis
Open Positions,Data,Summary,Stocks,USD,SYNA,50,1,50.01,2500.5
Open Positions,Data,Summary,Stocks,EUR,SYNE,10,1,100.2,1002
Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,Proceeds,Comm/Fee,Basis,Realized P/L,Code
Trades,Data,Order,Stocks,USD,SYNA,"2025-05-05, 10:00:00",-10,61,610,-1,-500.1,108.9,C
S
run 1 import q2.csv --dry-run --json
same "alone" "$(json 'd.files[1].missing_opening_lots.SYNA .. " " .. d.files[1].missing_opening_lots.SYNE .. " " .. tostring(d.files[1].realized.SYNA.ours)')" "60 10 null"
for order in "q2.csv $DATA/ibkr_activity_q1.csv" "$DATA/ibkr_activity_q1.csv q2.csv"; do
    run 0 import $order --dry-run --json
    same "together" "$(json '(function() for _, f in ipairs(d.files) do if f.file == "q2.csv" then return f.realized.SYNA.ours .. " " .. f.known .. " " .. #f.reconciliation end end end)()')" "108.9 0 5"
done

# A cent more on one row is a difference with its rows.
sed 's/"2,400",-1.02,/"2,400.01",-1.02,/' "$DATA/ibkr_activity.csv" >cent.csv
run 1 import cent.csv --dry-run --json
same "cent" "$(differences 1)" "cash 0.01; realized SYNA 0.01; sum of Trades, proceeds, SYNA 0.01"
same "rows" "$(json 'table.concat(d.files[1].reconciliation[10].rows, ",")')" 24
run 1 import cent.csv --dry-run
out_has "realized SYNA USD: ours 398.59, statement 398.58, difference 0.01 (rows 24)"

# Where the statement tells the parts of its cash, a difference names the part; the summary is held against the rows.
sed -e 's/^Cash Report,Data,Ending Cash,USD,.*/Cash Report,Data,Dividends,USD,25,25,0,\nCash Report,Data,Other Fees,USD,-11,-11,0,\nCash Report,Data,Ending Cash,USD,41353.01,0,0,/' \
    -e '$ a Realized \& Unrealized Performance Summary,Header,Asset Category,Symbol,Cost Adj.,Realized Total\nRealized \& Unrealized Performance Summary,Data,Stocks,SYNC,0,97' \
    "$DATA/ibkr_activity.csv" >parts.csv
run 1 import parts.csv --dry-run --json
same "parts" "$(differences 1)" "cash 1.00; cash: fee 1.00; rows and summary of realized SYNC 1.00"

# Without its opening a sale is no short sale, and its gain is not made up.
grep -v '"2025-01-10, 10:00:00",100,' "$DATA/ibkr_activity_q1.csv" >late.csv
run 1 import late.csv --dry-run --json
same "missing" "$(json 'd.files[1].missing_opening_lots.SYNA')" 100
same "null" "$(json 'd.files[1].realized.SYNA.ours')" null

# Rows that can't be read are told, each with its value, and the rest is read.
sed -e 's/,60,60.5,"2,400"/,60,60.5,"2,40"/' -e 's/^Fees,Data,Other Fees,USD,2025-03-06/Fees,Data,Other Fees,USD,2025-13-06/' \
    "$DATA/ibkr_activity.csv" >broken.csv
run 1 import broken.csv --dry-run --json
same "rejected" "$(json 'rows(d.files[1].rejected, "row", "value", "reason")')" "24|2,40|no number 25|SYNA|a closed lot without its trade 57|2025-13-06|no date"

# tastytrade: both layouts, newest first, an assignment, expiries, a reverse split, a header in the middle.
run 0 import "$DATA/tastytrade_2024.csv" "$DATA/tastytrade_2020.csv" --dry-run --json
same "2024" "$(gains 1)" "SYNT  240621P00045000=78.86/null SYNT=613.78/null SYNU=19.9/null"
same "2020" "$(gains 2)" "SYNV  200320C00010000=48.848/null SYNV=9.983/null"
same "2024 net" "$(json 'd.files[1].totals.USD.net')" 10672.3
same "2020 net" "$(json 'd.files[2].totals.USD.net')" 558.831
same "account" "$(json 'tostring(d.files[1].account) .. "," .. d.files[2].account')" "null,Made up ...01"
sed 's/"5,495.00",USD/"5,495.01",USD/' "$DATA/tastytrade_2024.csv" >total.csv
run 1 import total.csv --dry-run --json
same "own total" "$(differences 1)" "Total of row, SYNT -0.01"

# Quotes around every cell, and closed lots that are too few.
sed -E 's/^([^",]*),([^",]*),([^",]*),([^",]*)$/"\1","\2","\3","\4"/' "$DATA/ibkr_activity_q1.csv" >quoted.csv
grep -q '^"Statement","Header"' quoted.csv || fail "no quotes were put"
run 0 import quoted.csv --dry-run
sed 's/10:00:00",40,50.01/10:00:00",39,50.01/' "$DATA/ibkr_activity_q1.csv" >lots.csv
run 1 import lots.csv --dry-run
out_has "units of closed lots of row, SYNA: ours 39, statement 40, difference -1 (rows 23)"

# Flex XML: levels of detail, a lot chosen by the owner, a restated dividend, a change of ISIN, two accounts.
run 1 import "$DATA/flex_activity.xml" --dry-run --json
same "accounts" "$(json 'rows(d.files, "format", "account")')" "ibkr_flex_xml|U0000002 ibkr_flex_xml|U0000003"
same "flex gains" "$(gains 1)" "SYNA=398.1/398.1"
same "flex differences" "$(differences 1)" ""
same "flex counts" "$(json 'd.files[1].counts.trade .. d.files[1].counts.dividend .. d.files[1].counts.corporate_action')" 312
same "flex lines" "$(json 'rows(d.files[1].reconciliation, "item", "ours")')" \
    "cash|7422.5 position SYNN|60 cost of SYNN|3000.6 realized SYNA|398.1"
same "flex missing" "$(json 'd.files[2].missing_opening_lots.SYNA .. " " .. tostring(d.files[2].realized.SYNA.ours)')" "5 null"
same "flex unknown" "$(json 'd.files[1].unknown_sections[1] .. #d.files[2].unknown_sections')" LunarLendings0
# Flex CSV, wrapped and flat; the same transactions in another form are known by their ids.
run 0 import "$DATA/flex_wrapped.csv" --dry-run --json
same "wrapped" "$(json 'd.files[1].counts.trade .. " " .. d.files[1].totals.USD.net')" "2 -4976.5"
run 1 import "$DATA/flex_activity.xml" "$DATA/flex_wrapped.csv" --dry-run --json
same "known in CSV" "$(json 'd.files[3].known')" 3
run 1 import "$DATA/flex_flat.csv" --dry-run --json
same "flat" "$(gains 1)" "SYNA  250620C00060000=48.7/null SYNA=518/null"
same "flat missing" "$(json 'd.files[1].missing_opening_lots.SYNB')" 10
sed 's/"EOS","TRNT","2"/"EOS","TRNT","3"/' "$DATA/flex_wrapped.csv" >eos.csv
run 1 import eos.csv --dry-run --json
same "count" "$(json 'rows(d.files[1].rejected, "row", "value", "reason")')" "7|3|the section has another number of rows"
sed 's/transactionID="12" dateTime="20250110;100001" quantity="40"/transactionID="11" dateTime="20250110;100001" quantity="40"/' \
    "$DATA/flex_activity.xml" >twice.xml
run 1 import twice.xml --dry-run --json
same "id twice" "$(json 'd.files[1].rejected[1].row .. " " .. d.files[1].rejected[1].reason')" "11 an id that came before with other figures"
printf '<FlexStatementResponse><Status>Fail</Status><ErrorCode>1012</ErrorCode><ErrorMessage>Token has expired.</ErrorMessage></FlexStatementResponse>' >failed.xml
printf '<!DOCTYPE x [<!ENTITY a "b">]><FlexQueryResponse/>' >entity.xml
printf '<FlexQueryResponse><FlexStatements>' >cut.xml
run 65 import failed.xml entity.xml cut.xml --dry-run --json
same "web service" "$(json 'd.files[1].error' | grep -c 'Token has expired')" 1
same "entities" "$(json 'd.files[2].error' | grep -c 'document type')" 1
same "cut" "$(json 'd.files[3].error' | grep -c 'no element found')" 1

# The same days in two forms whose rows have no common id: said, and not taken as reconciled.
sed 's/U0000001/U0000002/' "$DATA/ibkr_activity.csv" >two.csv
run 1 import "$DATA/flex_activity.xml" two.csv --dry-run --json
same "two forms" "$(json 'd.files[3].notes[#d.files[3].notes]' | grep -c 'same days in another form')" 1

# What is no statement is named, and the others are read all the same.
printf 'Statement;Header;Field Name\n' >semicolons.csv
printf '\xff\xfeS\x00' >utf16.csv
printf 'Statement,Header,Field Name,Field Value\nStatement,Data,Title,Transaction History\nTransaction History,Header,Date\n' >history.csv
printf 'Отчет,Header,Имя\nОтчет,Data,Брокер\n' >russian.csv
run 65 import russian.csv --dry-run
out_has "only statements in English are read"
# Sections that are not known may hold money: without a cash report that agrees nothing is reconciled.
grep -v '^Cash Report' "$DATA/ibkr_activity.csv" >no_cash.csv
run 1 import no_cash.csv --dry-run
sed 's/SYNC,/S\xff\x01"C,/' "$DATA/ibkr_activity_q1.csv" >bytes.csv
run 1 import bytes.csv --dry-run --json
same "bytes" "$(json 'utf8.len(d.files[1].reconciliation[1].item) and #d.files')" 1
same "JSON is UTF-8" "$(iconv -f UTF-8 -t UTF-8 "$WORK/out" >/dev/null 2>&1 && echo yes)" yes
run 65 import semicolons.csv utf16.csv history.csv nowhere.csv "$DATA/ibkr_activity.csv" --dry-run --json
same "five" "$(json '#d.files')" 5
same "read" "$(json 'd.files[5].counts.trade')" 8
for n in 1:semicolons 2:UTF-16 3:"Transaction History" 4:nowhere.csv; do
    same "reason $n" "$(json "d.files[${n%%:*}].error" | grep -c "${n#*:}")" 1
done
err_has "4 of 5 files can't be read"
finish
