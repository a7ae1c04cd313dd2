#!/bin/bash
# SPDX-License-Identifier: MIT
# The daemon from outside: start, second start, reload, stop, kill -9 and on again.
. "$(dirname "$0")/lib.sh"

PID=
trap '[ -n "$PID" ] && kill -9 $PID 2>/dev/null; rm -rf "$WORK"' EXIT
start() {
    : >log
    "$QM" run "$@" >run.out 2>log </dev/null &
    PID=$!
    wait_for 5 grep -q "ready in" log || { cp log "$WORK/err"; fail "the daemon does not get ready"; }
}
log_has() {
    CHECKS=$((CHECKS + 1))
    wait_for 5 grep -qF -- "$1" log || { cp log "$WORK/err"; fail "the log lacks: $1"; }
}
# stop SIGNAL: ends within two seconds, with code 0
stop() {
    local began code
    began=$(date +%s%N)
    kill -"$1" $PID
    wait_for 5 sh -c "! kill -0 $PID" || fail "$1 does not stop it"
    wait $PID
    code=$?
    CHECKS=$((CHECKS + 1))
    [ $(($(date +%s%N) - began)) -lt 2000000000 ] || fail "$1 took more than two seconds"
    same "exit code after $1" $code 0
    PID=
}
ticker() {
    cat <<LUA
local qm = require "qm"
return qm.strategy {
    name = "ticker", version = 1, kind = "job",
    schedule = { tick = qm.every { minutes = 1 } },
    init = function(ctx) ctx.state.starts = 0 end,
    start = function(ctx, why)
        ctx.state.starts = ctx.state.starts + 1
        ctx:notify { text = "$1 " .. why .. " " .. ctx.state.starts }
    end,
    tick = function(ctx) end,
}
LUA
}

run 69 status
err_has "no daemon"
run 69 run hand.lua
err_has "qm data import"
hand_bars >spy.csv
run 0 data import spy.csv
run 65 run missing.lua
err_has missing.lua
run 64 run "Run Conservative DCA on Fidelity"
err_has fidelity
run 64 run "Run Conservatif DCA"
err_has conservatif
run 64 run "Run ATR Matrix, fast"
err_has fast
run 69 run "Run ATR Matrix on IBKR, 10k"
err_has ibkr
run 64 run x.lua --acount cash
err_has 'did you mean "--account"'
run 64 run x.lua --cash -1

cat >hold.lua <<'LUA'
local qm = require "qm"
return qm.strategy {
    name = "hold", universe = { "SPY" }, timeframe = "1d",
    on_bar = function(ctx, bar) end,
}
LUA
ticker one >ticker.lua
start hold.lua ticker.lua
log_has "ready in"
same "stdout stays clean" "$(cat run.out)" ""
ready=$(sed -n 's/.*ready in \([0-9]*\).*/\1/p' log)
CHECKS=$((CHECKS + 1))
[ "$ready" -lt 250 ] || fail "ready only after $ready ms"
run 0 status
out_has "newest bar 2024-01-08, "
out_has "sessions ago: SPY"
out_has hold
out_has ticker
run 0 status --json
same "the newest bars" "$(json 'rows(d.prices, "symbol", "timeframe", "newest")')" "SPY|1d|2024-01-08"
CHECKS=$((CHECKS + 1))
[ "$(json 'd.prices[1].sessions_ago')" -gt 300 ] || fail "the bars of 2024 are not old"
same "strategies" "$(json 'rows(d.strategies, "name")')" "hold ticker"
same "keys" "$(json 'missing(d.strategies[1], "name", "version", "generation", "events", "errors", "memory_bytes", "p50_ns", "p99_ns",
    "last_reload")')" ""
run 69 run hold.lua
err_has "$PID"

# saving a file replaces the strategy; a broken one changes nothing
ticker two >ticker.lua
log_has "ticker reloaded"
echo "return {" >ticker.lua
log_has "the old version runs on"
log_has "ticker.lua:"
kill -0 $PID 2>/dev/null || fail "a broken file stopped the daemon"
ticker three >tmp.lua
mv tmp.lua ticker.lua
CHECKS=$((CHECKS + 1))
wait_for 5 sh -c '[ "$(grep -c "ticker reloaded" log)" = 2 ]' || fail "saving by rename is not seen"
# what the saved file would have decided otherwise is said
sed 's/on_bar = .*/params = { most = qm.integer { default = 110 } }, on_bar = function(ctx, bar)\n        if bar.close > ctx.params.most then ctx:buy { "SPY", qty = 1, reason = "high" } end\n    end,/' hold.lua >tmp.lua
mv tmp.lua hold.lua
log_has "hold: version 1, most (new) -> 110; over the last 250 bars 0 decisions before, 3 now: 0 only before, 3 only now; first: nothing -> 2024-01-03 SPY intent buy 1 market: high"
sed 's/default = 110/default = 112/' hold.lua >tmp.lua
mv tmp.lua hold.lua
log_has "most 110 -> 112; over the last 250 bars 3 decisions before, 1 now: 2 only before, 0 only now"
kill -HUP $PID
CHECKS=$((CHECKS + 1))
wait_for 5 sh -c '[ "$(grep -c "hold reloaded" log)" = 3 ]' || fail "SIGHUP does not reload"

live() {
    run 0 status --json
    [ "$(json "$1")" = "$2" ]
}
CHECKS=$((CHECKS + 1))
wait_for 5 live 'd.strategies[1].generation' 4 || fail "status does not count generations: $(cat out)"
same "last reload" "$(json 'd.strategies[1].last_reload.ok')" true

same "figures" "$(json 'd.strategies[2].memory_bytes > 10000 and d.strategies[2].p99_ns >= d.strategies[2].p50_ns and
    d.strategies[2].errors == 0')" true

kill -9 $PID
wait $PID 2>/dev/null
run 69 status
start hold.lua ticker.lua
run 0 status --json
same "on again" "$(json '#d.strategies')" 2
stop TERM
start hold.lua ticker.lua
stop INT

# bars that an import brings while it runs reach the strategy, each once, also across a kill
cat >echo.lua <<'LUA'
local qm = require "qm"
return qm.strategy {
    name = "echo", universe = { "SPY" }, timeframe = "1d",
    on_bar = function(ctx, bar)
        ctx.state.bars = (ctx.state.bars or 0) + 1
        ctx:notify { text = ("bar %d closed at %s"):format(ctx.state.bars, bar.close) }
    end,
}
LUA
start echo.lua
{ hand_bars; echo 2024-01-09,112,113,110,111,1400; } >more.csv
run 0 data import more.csv --symbol SPY
log_has "bar 1 closed at 111"
log_has "1 new bars, the last of 2024-01-09"
kill -9 $PID
wait $PID 2>/dev/null
{ cat more.csv; echo 2024-01-10,112,113,110,112.5,1400; } >evenmore.csv
run 0 data import evenmore.csv --symbol SPY
start echo.lua
log_has "bar 2 closed at 112.5"
CHECKS=$((CHECKS + 1))
grep -q "closed at 111" log && fail "a bar came twice"
stop TERM

# a phrase is echoed in full before anything starts
cp hold.lua atr_matrix.lua
QM_STRATEGIES="$WORK" start "Run ATR Matrix on paper, \$25k for SPY"
log_has "strategy atr_matrix, broker paper, capital 25000, for SPY"
stop TERM

# jobs alone need no bars
mkdir jobs && cp "$QM_DATA/market.db" jobs/
start ticker.lua --data jobs
stop TERM
run 65 backtest ticker.lua
err_has "no symbol"

# a book of a newer version
if command -v sqlite3 >/dev/null; then
    sqlite3 "$QM_DATA/book.db" "PRAGMA user_version = 99"
    run 65 run hold.lua
    err_has 99
fi
finish
