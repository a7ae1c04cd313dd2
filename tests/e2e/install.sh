#!/bin/bash
# SPDX-License-Identifier: MIT
# What is installed works from where it is installed: the program, the strategies, the C library.
. "$(dirname "$0")/lib.sh"

BUILD=$(dirname "$QM")
[ -f "$BUILD/CMakeCache.txt" ] || { echo "skipped: no build folder"; exit 77; }
grep -q '^QM_SANITIZE:[A-Z]*=.\+' "$BUILD/CMakeCache.txt" && { echo "skipped: sanitizers"; exit 77; }
cmake --install "$BUILD" --prefix "$WORK/usr" >log 2>&1 || { cp log err; fail "cmake --install"; }
QM="$WORK/usr/bin/qm"
run 0 version
for file in share/quantmatrix/strategies/atr_matrix.lua share/quantmatrix/strategies/dca.lua \
    share/quantmatrix/lua/qm/init.lua include/quantmatrix/ta.h include/quantmatrix/decimal.h share/man/man1/qm.1; do
    CHECKS=$((CHECKS + 1))
    [ -s "$WORK/usr/$file" ] || fail "$file is not installed"
done
run 0 check "$WORK/usr/share/quantmatrix/strategies/atr_matrix.lua" "$WORK/usr/share/quantmatrix/strategies/dca.lua"

cat >embed.c <<'C'
#include <quantmatrix/decimal.h>
#include <quantmatrix/ta.h>
#include <stdio.h>
int main(void) {
    const double high[] = {110, 112, 108, 115, 113}, low[] = {105, 107, 102, 109, 110};
    const double close[] = {108, 111, 105, 114, 112};
    double atr[5], params[QM_TA_PARAMS_MAX], *out[] = {atr};
    const qm_ta_info *info = qm_ta_find("atr");
    qm_ta_defaults(info, params);
    params[qm_ta_param_index(info, "period")] = 3;
    qm_ta_columns bars = {{0, high, low, close, 0}, 5};
    qm_decimal price;
    char text[QM_DECIMAL_BUF];
    if (qm_ta_batch(info, params, &bars, close, out) != QM_OK || qm_decimal_parse("0.10", 4, &price) != QM_OK) {
        return 1;
    }
    qm_decimal_format(price, text);
    printf("%.6f %s\n", atr[4], text);
    return 0;
}
C
if command -v cc >/dev/null && command -v pkg-config >/dev/null; then
    pc=$(find "$WORK/usr" -name quantmatrix.pc -printf %h)
    # the file names the configured prefix; here everything was moved
    flags=$(PKG_CONFIG_PATH=$pc pkg-config --define-variable=prefix="$WORK/usr" --cflags --libs quantmatrix)
    # shellcheck disable=SC2086
    cc -Wall -Werror embed.c $flags -o embed 2>"$WORK/err" || fail "a program does not link by pkg-config"
    same "by pkg-config" "$(./embed)" "6.370370 0.1"
fi
if command -v cmake >/dev/null && command -v cc >/dev/null; then
    mkdir app
    cp embed.c app
    printf '%s\n' 'cmake_minimum_required(VERSION 3.25)' 'project(app C)' 'find_package(quantmatrix REQUIRED)' \
        'add_executable(embed embed.c)' 'target_link_libraries(embed quantmatrix::quantmatrix)' >app/CMakeLists.txt
    { cmake -S app -B app/build -DCMAKE_PREFIX_PATH="$WORK/usr" && cmake --build app/build; } >log 2>&1 ||
        { cp log err; fail "a program does not link by find_package"; }
    same "by find_package" "$(app/build/embed)" "6.370370 0.1"
fi
finish
