#!/bin/bash
# SPDX-License-Identifier: MIT
# QuantLib as the oracle (Debian: libquantlib0-dev), where it is installed with a C++ compiler.
. "$(dirname "$0")/../e2e/lib.sh"
[ -r /usr/include/ql/version.hpp ] || { echo "skipped: QuantLib is not installed"; exit 77; }
command -v g++ >/dev/null || { echo "skipped: no g++"; exit 77; }
g++ -O1 -std=c++17 "$SOURCE/tests/real/option_quantlib.cpp" -lQuantLib -o oracle >oracle.log 2>&1 ||
    { tail -5 oracle.log; echo "skipped: QuantLib does not compile or link here"; exit 77; }

# worst FIRST EXPECTED COUNT: the worst difference of COUNT columns from FIRST to those from EXPECTED
worst() {
    awk -F, -v ours="$1" -v theirs="$2" -v n="$3" 'NR > 1 { for (i = 0; i < n; i++) {
        d = $(ours + i) - $(theirs + i); d = d < 0 ? -d : d; if (!(d <= w)) w = d } } END { printf "%.2g", w }' "$WORK/out"
}
at_most() {
    CHECKS=$((CHECKS + 1))
    awk -v a="$2" -v b="$3" 'BEGIN { exit !(a <= b) }' || fail "$1: $2, at most $3"
    echo "$1: $2"
}

seed=20240401
echo "seed $seed"
./oracle european 100000 $seed >european.csv
run 0 option price --file european.csv
at_most "european prices and greeks differ by" "$(worst 14 8 6)" 1e-9
./oracle american 200 $seed >american.csv
run 0 option price --american --file american.csv
at_most "american prices of a spot of 100 differ by" "$(worst 9 8 1)" 1e-6
finish
