# SPDX-License-Identifier: MIT
# What the tests from outside share. A script sources it with its own arguments: path of qm, source folder.
QM=$1
SOURCE=$2
WORK=$(mktemp -d "${TMPDIR:-/tmp}/qm-e2e.XXXXXX")
FAILED=0
CHECKS=0
export QM_DATA="$WORK/data" XDG_CONFIG_HOME="$WORK/config" XDG_DATA_HOME="$WORK/share" QM_STRATEGIES="$SOURCE/strategies"
unset QM_CONFIG NO_COLOR
trap 'rm -rf "$WORK"' EXIT
cd "$WORK" || exit 1

fail() {
    FAILED=$((FAILED + 1))
    printf 'FAILED %s:%s: %s\n' "$(basename "$0")" "${BASH_LINENO[-2]}" "$1"
    [ -s "$WORK/out" ] && sed 's/^/    out: /' "$WORK/out" | head -8
    [ -s "$WORK/err" ] && sed 's/^/    err: /' "$WORK/err" | head -8
    return 0
}

# run EXPECTED_CODE ARGUMENTS...: stdout in $WORK/out, stderr in $WORK/err
run() {
    local want=$1 got
    shift
    CHECKS=$((CHECKS + 1))
    "$QM" "$@" >"$WORK/out" 2>"$WORK/err" </dev/null
    got=$?
    [ "$got" = "$want" ] || fail "qm $*: exit code $got, expected $want"
}

out_has() {
    CHECKS=$((CHECKS + 1))
    grep -qF -- "$1" "$WORK/out" || fail "stdout lacks: $1"
}

err_has() {
    CHECKS=$((CHECKS + 1))
    grep -qF -- "$1" "$WORK/err" || fail "stderr lacks: $1"
}

out_empty() {
    CHECKS=$((CHECKS + 1))
    [ ! -s "$WORK/out" ] || fail "stdout is not empty"
}

err_empty() {
    CHECKS=$((CHECKS + 1))
    [ ! -s "$WORK/err" ] || fail "stderr is not empty"
}

# same WHAT ACTUAL EXPECTED
same() {
    CHECKS=$((CHECKS + 1))
    [ "$2" = "$3" ] || fail "$1: \"$2\", expected \"$3\""
}

# json EXPRESSION: value of a Lua expression over the object d on stdout (json.lua)
json() {
    lua5.4 "$SOURCE/tests/e2e/json.lua" "$WORK/out" "$1" 2>&1
}

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
    local tenths=$(($1 * 10))
    shift
    while ! "$@" >/dev/null 2>&1; do
        tenths=$((tenths - 1))
        [ "$tenths" -gt 0 ] || return 1
        sleep 0.1
    done
}

# Five daily bars of the hand vector of docs/reference/atr.md.
hand_bars() {
    printf '%s\n' 'Date,Open,High,Low,Close,Volume' '2024-01-02,107,110,105,108,1000' \
        '2024-01-03,108,112,107,111,1100' '2024-01-04,106,108,102,105,1200' \
        '2024-01-05,110,115,109,114,1300' '2024-01-08,112,113,110,112,1400'
}

# walk SEED: 300 daily bars that wander from 100, the same for a seed.
walk() {
    lua5.4 - "$1" <<'L'
math.randomseed(math.tointeger(arg[1]))
local price = 100
io.write "date,open,high,low,close,volume\n"
for i = 0, 419 do
    local t = os.time { year = 2022, month = 1, day = 3 + i, hour = 12 }
    local wday = tonumber(os.date("%w", t))
    if wday > 0 and wday < 6 then
        local open = price
        price = math.floor(100 * price * (1 + 0.03 * (math.random() - 0.5))) / 100
        io.write(("%s,%.2f,%.2f,%.2f,%.2f,1000\n"):format(os.date("%Y-%m-%d", t), open, math.max(open, price) + 2,
            math.min(open, price) - 2, price))
    end
end
L
}

finish() {
    echo "$(basename "$0"): $CHECKS checks, $FAILED failed"
    [ "$FAILED" = 0 ]
    exit
}
