#!/bin/bash
# SPDX-License-Identifier: MIT
# qm ta --as-talib: all vectors, short and standing markets, and what is wrong with a call.
. "$(dirname "$0")/lib.sh"
VECTORS=$SOURCE/tests/vectors/ta
CHECKS=$((CHECKS + 1))
lua5.4 "$SOURCE/tests/e2e/talib.lua" "$QM" "$VECTORS" || fail "differs from the vectors"

# forms agree, and a list of no parameters may be left out
for call in "BBANDS 20,2,2,0" "STOCH 14,3,0,3,0" "MFI 14" "AD"; do
    # shellcheck disable=SC2086 # a name and a list
    run 0 ta --as-talib $call "$VECTORS/bars.csv"
    cp "$WORK/out" batch
    # shellcheck disable=SC2086
    run 0 ta --as-talib $call --form stream "$VECTORS/bars.csv"
    cmp -s batch "$WORK/out" || fail "$call: stream differs from batch"
done
run 0 ta --as-talib AD "" "$VECTORS/bars.csv"
cmp -s batch "$WORK/out" || fail "an empty list"

# fewer bars than the warm-up: rows without values
hand_bars >hand.csv
run 0 ta --as-talib MACD 12,26,9 hand.csv
same "short file" "$(tr '\n' ' ' <"$WORK/out")" \
    "Date,macd,signal,hist 2024-01-02,,, 2024-01-03,,, 2024-01-04,,, 2024-01-05,,, 2024-01-08,,, "

# a market that stands still: what TA-Lib says there, not what we would
{ echo Date,Open,High,Low,Close,Volume
  for day in 02 03 04 05 08 09; do echo "2024-01-$day,50,50,50,50,0"; done; } >still.csv
while read -r name list last; do
    run 0 ta --as-talib "$name" "$list" still.csv
    same "$name of constant prices" "$(tail -1 "$WORK/out")" "2024-01-09,$last"
done <<'ROWS'
RSI 2 0
CMO 2 0
STOCHF 2,2,0 0,0
WILLR 2 0
MFI 2 0
CCI 3 0
ULTOSC 1,2,3 0
ADX 2 0
BBANDS 3,2,2,0 50,50,50
CORREL 3 0
BETA 3 0
SAR 0.02,0.2 50
ATR 2 0
KAMA 2 50
AROON 3 100,100
LINEARREG 3 50
ROWS

# what is wrong is named, with its place
while IFS='|' read -r name list message; do
    run 64 ta --as-talib "$name" "$list" hand.csv
    err_has "$message"
    out_empty
done <<'ROWS'
SMAA|14|did you mean "SMA"
SMA||"" has 0 of 1
SMA|14,2|"14,2" has 2 of 1
SMA|14,|parameter 2 of "14," is no number
SMA|14;2|parameter 1
SMA|,14|parameter 1
SMA|x|parameter 1 of "x"
SMA|1|period is 1, must be 2 to 100000
SMA|100001|period is 100001
SMA|2.5|must be a whole number
SMA|nan|period is
MACD|12,26|"12,26" has 2 of 3
APO|12,26,9|matype is 9, must be 0 to 8
AD|3|"3" has 1 of 0
SAR|0.02,-0.2|maximum is -0.2
ROWS
run 64 ta --as-talib SMA --period 14 hand.csv
err_has "takes no --period"
run 64 ta --as-talib SMA hand.csv
run 64 ta --as-talib SMA 14 hand.csv hand.csv
run 64 ta --as-talib
run 65 ta --as-talib SMA 14 missing.csv
err_has missing.csv
finish
