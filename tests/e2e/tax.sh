#!/bin/bash
# SPDX-License-Identifier: MIT
# qm tax replay from outside: a case, a folder, and what is wrong with a file.
. "$(dirname "$0")/lib.sh"

cat >one.json <<'J'
{"id": "ONE", "config": {"method": "LIFO"}, "events": [
 {"id": "b1", "type": "BUY", "date": "2020-01-02", "acct": "A", "sym": "X", "qty": "10", "amount": "1000.00", "fee": "1.00"},
 {"id": "b2", "type": "BUY", "date": "2020-02-03", "acct": "A", "sym": "X", "qty": "10", "amount": "1200.00"},
 {"id": "s1", "type": "SELL", "date": "2021-01-04", "acct": "A", "sym": "X", "qty": "15", "amount": "1650.00"}],
 "expect": {"realized": [
  {"sale": "s1", "lot": "b2", "qty": "10", "acquired": "2020-02-03", "sold": "2021-01-04", "proceeds": "1100.00",
   "basis": "1200.00", "disallowed": "0.00", "gain": "-100.00", "term": "ST"},
  {"sale": "s1", "lot": "b1", "qty": "5", "acquired": "2020-01-02", "sold": "2021-01-04", "proceeds": "550.00",
   "basis": "500.50", "disallowed": "0.00", "gain": "49.50", "term": "LT"}]}}
J
run 0 tax replay one.json --json
same "rows" "$(json 'rows(d.realized, "lot", "qty", "proceeds", "basis", "gain", "term")')" \
    "b2|10|1100.00|1200.00|-100.00|ST b1|5|550.00|500.50|49.50|LT"
same "open" "$(json 'rows(d.open, "lot", "qty", "basis")')" "b1|5|500.50"
same "no error" "$(json 'd.error')" null
sed -i 's/"qty": "15"/"close_only": true, "qty": "25"/' one.json
run 0 tax replay one.json --json
same "too few" "$(json 'd.error')" insufficient_lots

run 0 tax replay "$SOURCE/tests/vectors/tax"
out_has "114 of 114 cases pass"
mkdir cases && cp "$SOURCE/tests/vectors/tax/lot_relief.json" cases/
sed -i 's/"gain": "\([^"]*\)"/"gain": "9\1"/' cases/lot_relief.json
run 1 tax replay cases
out_has "FAIL  LR-RP2-01"
run 65 tax replay nowhere
err_has nowhere
echo '{"events": [' >bad.json
run 65 tax replay bad.json --json
err_has bad.json
sed 's/"LIFO"/"LIFA"/' one.json >method.json
run 65 tax replay method.json --json
err_has LIFA
sed 's/"SELL"/"SEL"/' one.json >type.json
run 65 tax replay type.json --json
err_has SEL
sed 's/"amount": "1000.00"/"amount": "1000.0x"/' one.json >amount.json
run 65 tax replay amount.json --json
err_has 1000.0x
sed 's/"fee"/"fees"/' one.json >key.json
run 65 tax replay key.json --json
err_has fees
run 64 tax replya one.json
finish
