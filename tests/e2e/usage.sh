#!/bin/bash
# SPDX-License-Identifier: MIT
# Names, options, help, output: what every command shares.
. "$(dirname "$0")/lib.sh"

run 0 version
out_has quantmatrix
err_empty
run 0 --version
out_has quantmatrix
run 0
out_has "usage: qm COMMAND"
run 0 help
for command in backtest verify run check test data ta option calendar config status demo help version; do
    grep -q "^  $command " "$WORK/out" || fail "qm help lacks $command"
done
cp "$WORK/out" "$WORK/overview"
for command in $(sed -n 's/^  \([a-z]*\) .*/\1/p' "$WORK/overview"); do
    run 0 help "$command"
    out_has "usage: qm $command"
    cp "$WORK/out" "$WORK/manual"
    run 0 "$command" --help
    cmp -s "$WORK/out" "$WORK/manual" || fail "qm $command --help differs from qm help $command"
    run 64 "$command" --no-such-option
    out_empty
    err_has "qm: $command: no option --no-such-option"
done

# a word nobody knows
run 64 backtset
out_empty
err_has 'did you mean "backtest"'
run 64 help calender
err_has 'did you mean "calendar"'
run 64 backtest x.lua --comission none
err_has 'did you mean "--commission"'
run 64 backtest x.lua --cash
err_has "--cash needs a value"
run 64 calendar XNYS 2007-01-03 2007-01-04 --csv=yes
err_has "--csv takes no value"
run 64 calendar XNYS 2007-01-03
err_has "too few arguments"
run 64 calendar XNYS 2007-01-03 2007-01-04 2007-01-05
err_has 'unexpected argument "2007-01-05"'
run 64 version now
run 64 data imprt x.csv
err_has 'did you mean "import"'
run 0 ta atr --help
out_has "usage: qm ta"

# a full disk and a reader that went away
if [ -e /dev/full ]; then
    for words in version help "calendar XNYS 2007-01-01 2035-12-31 --csv" "ta list" "ta list --json"; do
        CHECKS=$((CHECKS + 1))
        # shellcheck disable=SC2086
        "$QM" $words >/dev/full 2>"$WORK/err"
        [ $? = 74 ] || fail "qm $words >/dev/full did not end with 74"
        err_has "standard output"
    done
fi
CHECKS=$((CHECKS + 1))
"$QM" calendar XNYS 1990-01-02 2035-12-31 --csv 2>"$WORK/err" | head -1 >"$WORK/out"
[ ! -s "$WORK/err" ] || fail "a closed pipe is noisy"
# the locale changes nothing
hand_bars >hand.csv
run 0 ta sma period=2 hand.csv
cp "$WORK/out" plain
for locale in de_DE.UTF-8 tr_TR.UTF-8; do
    LC_ALL=$locale LC_NUMERIC=$locale "$QM" ta sma period=2 hand.csv >other 2>/dev/null
    cmp -s plain other || fail "locale $locale changes numbers"
done
finish
