#!/bin/bash
# SPDX-License-Identifier: MIT
# qm init, qm new, qm doctor: what someone does first, and what can go wrong with it.
. "$(dirname "$0")/lib.sh"
unset QM_DATA
CONFIG=$XDG_CONFIG_HOME/quantmatrix/config.lua

# init
run 64 init
err_has "no terminal to ask on"
run 64 init --yes --cash -3
err_has '--cash "-3": must be an amount above 0'
run 64 init --yes --type ira2
err_has "taxable or ira"
run 64 init --yes --tax-short 35
err_has "tax-short"
run 64 init --yes --universe "SPY, b@d"
err_has universe
run 64 init --yes --data 'a"b'
run 64 init --yes --cahs 3
err_has 'did you mean "--cash"'
CHECKS=$((CHECKS + 1))
[ -e "$CONFIG" ] && fail "a refused init wrote a file"
run 0 init --yes --tax-short 0.35 --universe "SPY, QQQ" --cash 25000
out_has "$CONFIG is written"
run 0 config check
out_has ok
run 0 config show
out_has "tax.short_term = 0.35"
out_has "universe.2 = QQQ"
sum=$(cksum <"$CONFIG")
run 0 init --yes --cash 1
out_has "nothing was changed"
same "unchanged" "$(cksum <"$CONFIG")" "$sum"
run 0 init --yes --cash 1 --force
same "the old one is kept" "$(cksum <"$CONFIG.old")" "$sum"
rm "$CONFIG"
for i in 1 2 3 4; do "$QM" init --yes >"race.$i" 2>&1 & done
wait
same "one of four writes" "$(cat race.* | grep -c "is written")" 1
same "no left-overs" "$(ls "$XDG_CONFIG_HOME/quantmatrix" | tr '\n' ' ')" "config.lua config.lua.old "
sed -i 's/version = 1/version = 2/' "$CONFIG"
run 78 config check
out_has "newer program"
run 1 doctor
out_has "newer program"
rm "$CONFIG"
printf '\n\n\n\n\n\n\n\n' | script -qec "$QM init" /dev/null >asked.txt 2>&1
grep -q "Name of your account \[main\]" asked.txt || fail "init does not ask"
[ -s "$CONFIG" ] || fail "answers with the return key write nothing"
mkdir no && chmod 500 no
if [ "$(id -u)" != 0 ]; then
    XDG_CONFIG_HOME=$PWD/no run 74 init --yes
fi

# new
run 0 new strategy mine
run 0 check mine.lua
run 0 test mine_spec.lua
out_has "2 successes / 0 failures"
sum=$(cat mine.lua mine_spec.lua | cksum)
run 65 new strategy mine
err_has mine.lua
same "unchanged" "$(cat mine.lua mine_spec.lua | cksum)" "$sum"
: >half_spec.lua
run 65 new strategy half
[ -e half.lua ] && fail "half a strategy is left"
run 64 new strategy Mine
err_has Mine
run 64 new strategie mine
run 74 new strategy mine --dir nowhere

# doctor
run 0 doctor
out_has "none are stored yet"
hand_bars >spy.csv
run 0 data import spy.csv
run 0 doctor
out_has "SPY ends at 2024-01-08"
run 0 doctor --json
same "nothing is broken" "$(json '(function() for _, f in ipairs(d) do if f.verdict == "broken" then return f.what end end end)()')" ""
data=$XDG_DATA_HOME/quantmatrix
run 0 backtest mine.lua
echo damaged >"$data/journal.db"
run 1 doctor
out_has "move it away"
finish
