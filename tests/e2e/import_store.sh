#!/bin/bash
# SPDX-License-Identifier: MIT
# Statements that are stored: known again, accepted or not, in the lots and forms of the tax book, and taken out.
. "$(dirname "$0")/lib.sh"
DATA=$SOURCE/tests/data/statements

run 69 import list
err_has "nothing was imported yet"
run 0 import "$DATA/ibkr_activity.csv" --dry-run --json
same "dry" "$(json 'd.files[1].state')" "dry run: nothing is stored"
[ -e data/statements.db ] && fail "a dry run stores"

# What adds up is stored; what does not is, when it is accepted; the others go on.
run 1 import "$DATA/ibkr_activity.csv" "$DATA/flex_flat.csv" "$DATA/tastytrade_2024.csv" --json
same "states" "$(json 'rows(d.files, "state")')" "stored not stored: does not add up (--accept) stored"
run 0 import list --json
same "list" "$(json 'rows(d.imports, "id", "file", "facts", "known", "accepted")')" \
    "1|ibkr_activity.csv|17|0|false 2|tastytrade_2024.csv|16|0|false"
run 0 import "$DATA/flex_flat.csv" --accept --json
same "accepted" "$(json 'd.files[1].state')" "stored: accepted with its differences"
run 0 import list --json
same "on record" "$(json 'd.imports[3].accepted')" true
same "differences" "$(json 'd.imports[3].differences > 0')" true

# The same file, and one that overlaps, change nothing and say how much was known.
run 0 lots --json
cp out lots
run 0 import "$DATA/ibkr_activity.csv" --json
same "again" "$(json 'd.files[1].state .. " " .. d.files[1].known')" "known: stored already 17"
run 0 import "$DATA/ibkr_activity_q1.csv" --json
same "overlap" "$(json 'd.files[1].state .. " " .. d.files[1].known')" "stored 13"
run 0 lots --json
same "same lots" "$(cmp lots out && echo same)" same

# The forms have the statements' own gains; each row can be explained.
run 0 tax report 2025 --json
same "gains" "$(json 'rows(d.form8949, "description", "gain")')" \
    "2 SYNA 250117C00070000|-101.40 50 sh. SYNC|98.00 40 sh. SYNA|398.58 1 SYNA 250620C00060000|48.70 200 sh. SYNA|518.00"
run 0 lots SYNB --json
same "unknown" "$(json 'd.lots[2].qty .. " " .. tostring(d.lots[2].basis)')" "10 null"
run 0 tax report 2025 --json
sale=$(json 'd.form8949[1].sale')
run 0 tax explain "$sale"
out_has "SYNA 250117C00070000"
err_has "have no rate to the dollar"

# The order of imports does not matter.
run 0 import "$DATA/tastytrade_2024.csv" "$DATA/ibkr_activity_q1.csv" "$DATA/ibkr_activity.csv" --data other
run 0 import "$DATA/flex_flat.csv" --data other --accept
run 0 lots --data other --json
same "any order" "$(cmp lots out && echo same)" same

# An IRA, by the statement's word or the owner's: no rows on forms.
echo 'return { accounts = { U0000001 = { type = "ira" } } }' >config.lua
QM_CONFIG=$PWD/config.lua run 0 tax report 2025 --json
same "ira" "$(json 'rows(d.form8949, "description")')" "1 SYNA 250620C00060000 200 sh. SYNA"

# Fills of one order are one purchase: what is left of it replaces nothing; another order does, also in an IRA elsewhere.
HEAD='Date,Type,Sub Type,Action,Symbol,Instrument Type,Description,Value,Quantity,Average Price,Commissions,Fees,Multiplier,Root Symbol,Underlying Symbol,Expiration Date,Strike Price,Call or Put,Order #,Total,Currency'
row() { # DAY ACTION VALUE PRICE ORDER
    local side=Buy
    [ "$2" = SELL_TO_CLOSE ] && side=Sell
    echo "2024-03-$1T10:00:0$6-0500,Trade,$side to ${2##*_},$2,SYNW,Equity,$side 10 SYNW,$3,10,$4,0.00,0.00,,,,,,,$5,$3,USD"
}
{
    echo "$HEAD"
    row 05 SELL_TO_CLOSE 900.00 90.00 2 0
    row 01 BUY_TO_OPEN -1000.00 -100.00 1 2
    row 01 BUY_TO_OPEN -1000.00 -100.00 1 1
} >one.csv
run 0 import one.csv --data wash
run 0 tax report 2024 --data wash --json
same "one order" "$(json 'rows(d.form8949, "gain", "adjustment")')" "-100.00|0.00"
{
    echo "$HEAD"
    row 11 BUY_TO_OPEN -950.00 -95.00 3 0
} >two.csv
run 0 import two.csv --data wash
run 0 tax report 2024 --data wash --json
same "another order" "$(json 'rows(d.form8949, "gain", "adjustment")')" "0.00|100.00"
run 0 lots --data wash --json
same "into its basis" "$(json 'rows(d.lots, "acquired", "basis", "wash_added")')" "2024-03-01|1000|0 2024-03-11|1050|100"
run 0 tax report 2024 --data wash --view off --json
same "off" "$(json 'rows(d.form8949, "gain", "adjustment")')" "-100.00|0.00"

run 0 import remove 3
run 0 lots SYNB --json
same "removed" "$(json '#d.lots')" 1
run 65 import remove 3
err_has "no import 3"
run 64 import remove three
run 65 import "$SOURCE/README.md"
run 0 import list
out_has "reconciled"
finish
