#!/bin/bash
# SPDX-License-Identifier: MIT
# Prices from a provider on this machine that misbehaves in every way we know of.
. "$(dirname "$0")/lib.sh"

SERVER=$(dirname "$QM")/tests/price_server
[ -x "$SERVER" ] || { echo "skipped: no $SERVER"; exit 77; }
PIDS=
trap 'for p in $PIDS; do { kill -9 $p; wait $p; } 2>/dev/null; done; rm -rf "$WORK"' EXIT
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
export KEY="s3cret/key+&=%"
SECRET=s3cret

# 30 sessions of 2024, closes 100.25, 101.25, ...
mkdir prices
"$QM" calendar XNYS 2024-01-02 2024-02-13 --csv | tail -n +2 | cut -d, -f1 |
    awk '{ x = 100 + NR; printf "%s,%d,%d,%d,%s,%d\n", $1, x - 1, x + 1, x - 2, x - 0.75, 1000 * NR }' >prices/SPY.csv
same "sessions" "$(wc -l <prices/SPY.csv)" 30
cp prices/SPY.csv prices/BRK.B.csv
: >prices/NONE.csv
"$SERVER" prices port requests &
PIDS=$!
wait_for 10 test -s port || fail "the server does not start"
PORT=$(cat port)

# template NAME [LUA FIELDS THAT WIN...]: a provider of daily bars in CSV, and its configuration
CSV='columns = { time = "Date", open = "Open", high = "High", low = "Low", close = "Close", volume = "Volume" }'
JSON='format = "json", rows = "data.bars", columns = { time = "t", open = "o", high = "h", low = "l", close = "c", volume = "v" }'
QUICK='tries = 2, first_wait_ms = 1, connect_timeout = 2, stall_timeout = 1, total_timeout = 20, max_mb = 1'
export QM_CONFIG="$WORK/config.lua"
providers() {
    printf 'return { providers = {\n' >"$QM_CONFIG"
    cat >>"$QM_CONFIG"
    printf '}}\n' >>"$QM_CONFIG"
}
# provider NAME PATH FIELDS
provider() { printf '%s = { %s, url = "http://127.0.0.1:%s/%s", %s },\n' "$1" "$QUICK" "$PORT" "$2" "$3"; }
RANGE='symbol={symbol}&from={from}&to={to}'
count() { "$QM" data sql "SELECT count(*) FROM bars WHERE symbol = '${1:-SPY}'" --csv | tail -1; }
stored() { "$QM" data export SPY | sha256sum; }
asked() { grep -c . requests; }
fresh() { rm -rf "$QM_DATA"; : >requests; }
no_secret() {
    CHECKS=$((CHECKS + 1))
    ! grep -qF "$SECRET" "$WORK/out" "$WORK/err" || fail "the key is shown"
    ! grep -rqF "$SECRET" "$QM_DATA" || fail "the key is in the data folder"
}

# ---- every shape of answer gives the same store as an import of the file
providers </dev/null
{ echo Date,Open,High,Low,Close,Volume; cat prices/SPY.csv; } >SPY.csv
run 0 data import SPY.csv
want=$(stored)
run 0 data export SPY
{
    provider csv "ok/csv?$RANGE" "$CSV"
    provider compact "ok/csv?$RANGE" "dates = 'compact', $CSV"
    provider seconds "ok/csv?$RANGE" "dates = 'seconds', $CSV"
    provider newest "ok/csv?$RANGE&newest=1" "order = 'newest', $CSV"
    provider number "ok/csv?$RANGE&size=7&page={page}" "pages = { by = 'number' }, $CSV"
    provider sized "ok/csv?$RANGE&size=7&page={page}" "pages = { by = 'number', size = 7, last = 'short' }, $CSV"
    provider offset "ok/csv?$RANGE&size=7&offset={offset}" "pages = { by = 'number', size = 7 }, $CSV"
    provider back "ok/csv?$RANGE&size=7&newest=1&page={page}" "order = 'newest', pages = { by = 'number', size = 7 }, $CSV"
    provider days "ok/csv?$RANGE" "pages = { by = 'days', days = 5 }, $CSV"
    provider days_out "ok/csv?$RANGE&open=1" "to_excluded = true, pages = { by = 'days', days = 7 }, $CSV"
    provider objects "ok/objects?$RANGE" "$JSON"
    provider millis "ok/objects?$RANGE&t=millis" "time = 'millis', dates = 'millis', $JSON"
    provider epoch "ok/objects?$RANGE&t=seconds" "time = 'seconds', $JSON"
    provider cursor "ok/objects?$RANGE&size=7" "pages = { by = 'cursor', next = 'next', query = '&cursor={cursor}' }, $JSON"
    provider link "ok/objects?$RANGE&size=7&key={key}" "key_env = 'KEY', pages = { by = 'link', next = 'link' }, $JSON"
    provider arrays "ok/arrays?$RANGE" "format = 'json', rows = 'data.bars', columns = { time = '1', open = '2', high = '3', low = '4', close = '5', volume = '6' }"
    provider columns "ok/columns?$RANGE" "$JSON"
    provider keyed "ok/keyed?$RANGE" "${JSON/time = \"t\"/time = \"*\"}"
    provider limited "limited/csv?$RANGE&n=1" "$CSV"
    provider broken "broken/csv?$RANGE&n=1" "$CSV"
    provider half "half/csv?$RANGE&n=1" "$CSV"
    provider moved "moved/csv?$RANGE" "$CSV"
    provider header "ok/csv?$RANGE" "key_env = 'KEY', header = 'Authorization: Bearer {key}', $CSV"
} | providers
run 0 config check
for name in csv compact seconds newest number sized offset back days days_out objects millis epoch cursor link arrays columns \
    keyed limited broken half moved header; do
    fresh
    run 0 data get SPY --provider $name --from 2024-01-02 --to 2024-02-13
    err_empty
    out_has "30 bars added, 0 known"
    same "$name: the store" "$(stored)" "$want"
    no_secret
    run 0 data get SPY --provider $name --from 2024-01-02 --to 2024-02-13
    out_has "0 bars added, 30 known"
    out_has "nothing changed"
    same "$name: the store after the second time" "$(stored)" "$want"
done
same "the header goes out" "$(grep -c 'Bearer s3cret/key' requests)" 2

# ---- rows outside of the range are left out and counted; without --from it goes on behind the last bar
fresh
run 0 data get SPY --provider objects --from 2024-01-10 --to 2024-01-16 --json
same "added" "$(json 'd.symbols[1].added')" 4
run 0 data get SPY --provider objects --to 2024-01-31
out_has "11 bars added, 1 known"
providers <<<"$(provider all "ok/csv?symbol={symbol}" "$CSV")"
run 0 data get SPY --from 2024-01-09 --to 2024-02-01 --json
same "left out" "$(json 'd.symbols[1].rows .. " " .. d.symbols[1].outside .. " " .. d.symbols[1].added')" "30 13 2"
run 0 data get SPY --from 2024-01-02
same "all of them" "$(stored)" "$want"

# ---- a bar that is not over is no bar yet
today=$(TZ=America/New_York date +%F)
cp prices/SPY.csv prices/NOW.csv
echo "$(date -d "$today + 3 days" +%F),1,2,1,1,5" >>prices/NOW.csv
run 0 data get NOW --from 2024-01-02 --to 2100-01-01
out_has "1 left out: not over yet"
same "none of the future" "$(count NOW)" 30

# ---- what a provider does wrong: exit code, words, and not a row of it
# CODE|TEXT THAT IS SAID|PATH|FIELDS
fresh
run 0 data get SPY --from 2024-01-02 --to 2024-01-03
before=$(stored)
while IFS='|' read -r code text path fields; do
    providers <<<"$(provider bad "$path" "$fields")"
    run "$code" data get SPY --from 2024-01-02 --to 2024-02-13
    err_has "$text"
    err_has "qm: bad SPY"
    err_has "127.0.0.1:$PORT/${path%%\?*}?symbol=SPY"
    no_secret
    same "$path: nothing is kept" "$(stored)" "$before"
done <<ROWS
69|answers 429 (2 tries)|limited/csv?$RANGE|$CSV
69|asks to wait 9999 s|later/csv?$RANGE|$CSV
69|answers 500 (2 tries)|broken/csv?$RANGE|$CSV
65|a web page instead of CSV|html/csv?$RANGE|$CSV
65|a web page instead of JSON|html/objects?$RANGE|$JSON
69|bytes remaining to read (2 tries)|half/csv?$RANGE|$CSV
65|the last line has no end|cut/csv?$RANGE|$CSV
65|no JSON at byte|cut/objects?$RANGE|$JSON
65|the last line has no end|short/csv?$RANGE|$CSV
65|no JSON at byte|short/objects?$RANGE|$JSON
69|(2 tries)|drip/csv?$RANGE|$CSV
69|(2 tries)|hang/csv?$RANGE|$CSV
65|the body is longer than 1048576 bytes|endless/csv?$RANGE|$CSV
69|to another server (http://127.0.0.2:|away/csv?$RANGE|$CSV
69|more than 5 redirects|circle/csv?$RANGE|$CSV
69|HTTP/0.9|noise/csv?$RANGE|$CSV
65|page 1:3: close is no number: "NaN" (field "Close")|nan/csv?$RANGE|$CSV
65|no JSON at byte|nan/objects?$RANGE|$JSON
65|page 1:2: close is no number: "NaN" (field "c")|nantext/objects?$RANGE|$JSON
69|access is refused (401): is the key in KEY right?: no access: /denied/csv?symbol=SPY&key={key}|denied/csv?symbol={symbol}&key={key}|key_env = "KEY", $CSV
65|there are no rows at "data.bars"|echo/objects?symbol={symbol}&key={key}|key_env = "KEY", $JSON
65|the header names no column "Clse"|ok/csv?$RANGE|${CSV/\"Close\"/\"Clse\"}
65|page 1:1: there is no field "cl"|ok/objects?$RANGE|${JSON/\"c\"/\"cl\"}
65|there are no rows at "data.rows"|ok/objects?$RANGE|${JSON/data.bars/data.rows}
65|no JSON at byte|ok/csv?$RANGE|$JSON
65|earlier than the row before: newest first?|ok/csv?$RANGE&newest=1|$CSV
65|a number stands for a time|ok/objects?$RANGE&t=seconds|$JSON
65|no time in the form|ok/objects?$RANGE|time = "seconds", $JSON
ROWS

# ---- pages that repeat, lead to themselves, or lead away: named, and what came before stays
while IFS='|' read -r rows text path fields; do
    fresh
    providers <<<"$(provider bad "$path" "$fields")"
    run 65 data get SPY --from 2024-01-02 --to 2024-02-13
    err_has "$text"
    same "$path: what came before" "$(count)" "$rows"
done <<ROWS
14|bad SPY page 3: the page repeats: its rows, 2024-01-11 to 2024-01-22|repeat/csv?$RANGE&size=7&page={page}&at=1|pages = { by = "number", size = 7 }, $CSV
14|bad SPY page 3: the page repeats|repeat/objects?$RANGE&size=7&at=1|pages = { by = "cursor", next = "next", query = "&cursor={cursor}" }, $JSON
7|bad SPY page 2: the page leads to itself ("c1")|selfish/objects?$RANGE&size=7|pages = { by = "cursor", next = "next", query = "&cursor={cursor}" }, $JSON
0|bad SPY page 1: the next page is no address on the same server|abroad/objects?$RANGE&size=7|pages = { by = "link", next = "link" }, $JSON
14|bad SPY page 3:3: close is no number|nan/csv?$RANGE&size=7&page={page}&at=2|pages = { by = "number", size = 7 }, $CSV
ROWS

# ---- it goes on where it stopped, and ends with the store of a straight run
for paging in number cursor link days; do
    case $paging in
    number) query="csv?$RANGE&size=7&page={page}" fields="pages = { by = 'number', size = 7 }, $CSV" ;;
    cursor) query="objects?$RANGE&size=7" fields="pages = { by = 'cursor', next = 'next', query = '&cursor={cursor}' }, $JSON" ;;
    link) query="objects?$RANGE&size=7&key={key}" fields="key_env = 'KEY', pages = { by = 'link', next = 'link' }, $JSON" ;;
    days) query="csv?$RANGE" fields="pages = { by = 'days', days = 7 }, $CSV" ;;
    esac
    fresh
    providers <<<"$(provider slow "slow/$query" "$fields")"
    "$QM" data get SPY --from 2024-01-02 --to 2024-02-13 >"$WORK/out" 2>"$WORK/err" </dev/null &
    pid=$!
    wait_for 10 sh -c "[ \$(grep -c . requests) -ge 3 ]" || fail "$paging: no third request"
    kill -9 $pid
    wait $pid 2>/dev/null
    first=$(asked)
    CHECKS=$((CHECKS + 1))
    [ "$(count)" -gt 0 ] && [ "$(count)" -lt 30 ] || fail "$paging: $(count) bars after the kill"
    no_secret
    run 0 data get SPY --to 2024-02-13 # without --from: what was broken off, then what is newer
    out_has "gone on where it stopped"
    same "$paging: the store after a kill" "$(stored)" "$want"
    CHECKS=$((CHECKS + 1))
    [ "$(asked)" -le $((first + 6)) ] || fail "$paging: $(asked) requests, $first before the kill"
    no_secret
done
# also with the range again; another address makes the old cursor void
fresh
providers <<<"$(provider slow "broken/csv?$RANGE&size=7&page={page}&at=2" "pages = { by = 'number', size = 7 }, $CSV")"
run 69 data get SPY --from 2024-01-02 --to 2024-02-13
same "two pages" "$(count)" 14
providers <<<"$(provider slow "broken/csv?$RANGE&size=7&page={page}&at=2" "pages = { by = 'number', size = 7 }, requests_per_minute = 6000, $CSV")"
: >requests
run 69 data get SPY --from 2024-01-02 --to 2024-02-13
same "asked for the third only, twice" "$(grep -c 'page=3' requests) $(asked)" "2 2"
providers <<<"$(provider slow "ok/csv?$RANGE&size=7&page={page}" "pages = { by = 'number', size = 7 }, $CSV")"
run 0 data get SPY --from 2024-01-02 --to 2024-02-13
out_has "16 bars added, 14 known"
same "the store" "$(stored)" "$want"

# ---- another process adds a symbol meanwhile: each keeps its own number
fresh
run 0 data import SPY.csv --symbol FIRST
providers <<<"$(provider slow "slow/csv?$RANGE" "$CSV")"
"$QM" data get SPY --from 2024-01-02 --to 2024-02-13 >"$WORK/out" 2>"$WORK/err" </dev/null &
pid=$!
wait_for 10 test -s requests
printf 'date,open,high,low,close\n2024-01-03,554,556,553,555\n' >OTHER.csv
"$QM" data import OTHER.csv >import.out 2>&1 || fail "the import beside it"
wait $pid
same "exit code" $? 0
run 0 data sql "SELECT symbol, count(*), max(close) FROM bars GROUP BY symbol ORDER BY symbol" --csv
same "three symbols" "$(tail -n +2 "$WORK/out" | tr '\n' ' ')" "FIRST,30,129.25 OTHER,1,555.0 SPY,30,129.25 "

# ---- Ctrl-C during a wait and during an answer
for kind in later hang; do
    fresh
    providers <<<"$(provider wait "$kind/csv?$RANGE" "$CSV" | sed 's/stall_timeout = 1/stall_timeout = 60, max_wait = 100000/')"
    "$QM" data get SPY --from 2024-01-02 >"$WORK/out" 2>"$WORK/err" </dev/null &
    pid=$!
    wait_for 10 test -s requests
    sleep 0.2
    kill -INT $pid
    wait_for 5 sh -c "! kill -0 $pid" || fail "$kind: Ctrl-C is not heard"
    wait $pid
    same "$kind: exit code after Ctrl-C" $? 1
    err_has cancelled
done

# ---- a symbol the provider does not know; the others are fetched; nothing in the range
fresh
providers <<<"$(provider one "ok/csv?$RANGE" "$CSV")"
run 65 data get WHAT --from 2024-01-02
err_has "one WHAT page 1: the provider does not know it (404)"
run 65 data get NONE --from 2024-01-02
err_has "one has no bar of NONE in that range"
run 65 data get SPY WHAT BRK.B --from 2024-01-02 --json
err_has "1 of 3 symbols are not complete"
same "each symbol's end" "$(json 'rows(d.symbols, "symbol", "added", "status")')" "SPY|30|ok WHAT|0|not_found BRK.B|30|ok"
run 0 data list
out_has BRK.B
CHECKS=$((CHECKS + 1))
! grep -q WHAT "$WORK/out" || fail "an unknown symbol is stored"
run 0 data get SPY --from 2024-02-14 --to 2024-02-20
out_has "0 bars added, 0 known"

# ---- stored with another value: named, unless --replace
sed 's/2024-01-05,[0-9]*,/2024-01-05,103.5,/' prices/SPY.csv >prices/new && mv prices/new prices/SPY.csv
run 65 data get SPY --from 2024-01-02
err_has "2024-01-05: open is stored as 103, now it is 103.5"
run 0 data get SPY --from 2024-01-02 --replace
out_has "29 known, 1 replaced"

# ---- splits and dividends are events; raw prices stay
echo '[{"d":"2024-01-10","r":"4:1"},{"d":"2024-01-17","r":0.125},{"d":"2100-01-04","r":2}]' >prices/SPY.splits
echo '[{"d":"2024-01-12","a":0.22,"p":"2024-01-19"},{"d":"2024-01-12","a":1,"p":"2024-01-19"},{"d":"2024-01-16","a":"0.235","p":null}]' >prices/SPY.dividends
EVENTS="splits = { url = 'http://127.0.0.1:$PORT/ok/splits?symbol={symbol}', date = 'd', ratio = 'r' },
    dividends = { url = 'http://127.0.0.1:$PORT/ok/dividends?symbol={symbol}', date = 'd', amount = 'a', paid = 'p' }"
providers <<<"$(provider events "ok/objects?$RANGE" "$JSON, $EVENTS")"
fresh
run 0 data get SPY --from 2024-01-02
out_has "2 splits, 2 dividends"
run 0 data actions SPY
same "actions" "$(tr -s ' ' <"$WORK/out" | tr '\n' ';')" "SPY 2024-01-10 split 4:1;SPY 2024-01-12 dividend 1.22 paid 2024-01-19;SPY 2024-01-16 dividend 0.235;SPY 2024-01-17 split 1:8;"
run 0 data get SPY --from 2024-01-02
out_has "nothing changed"
while IFS='|' read -r text file line; do
    cp "prices/SPY.$file" keep
    echo "$line" >"prices/SPY.$file"
    run 65 data get SPY --from 2024-01-02
    err_has "$text"
    cp keep "prices/SPY.$file"
done <<'ROWS'
a split is stored as 4:1, the provider has 3:1|splits|[{"d":"2024-01-10","r":3}]
no exact ratio of a split: "0.3333" (field "r")|splits|[{"d":"2024-01-10","r":0.3333}]
events SPY splits:1: no exact ratio of a split: "-2"|splits|[{"d":"2024-01-10","r":-2}]
two splits of 2024-01-10|splits|[{"d":"2024-01-10","r":4},{"d":"2024-01-10","r":4}]
a dividend is stored as 1.22, the provider has 1.3|dividends|[{"d":"2024-01-12","a":1.3,"p":"2024-01-19"}]
one row twice, or two payments?|dividends|[{"d":"2024-01-12","a":1,"p":null},{"d":"2024-01-12","a":1,"p":null}]
events SPY dividends:1: no amount above 0: "0"|dividends|[{"d":"2024-01-12","a":0,"p":null}]
no amount above 0: "0.12345678912"|dividends|[{"d":"2024-01-12","a":0.12345678912,"p":null}]
no time in the form|dividends|[{"d":"soon","a":1,"p":null}]
ROWS

# ---- intraday: times with and without an offset
mkdir -p minutes
cat >minutes/SPY.csv <<'ROWS'
2024-01-05T14:30:00Z,1,2,1,2,10
2024-01-05T14:31:00Z,2,3,2,3,10
ROWS
"$SERVER" minutes port2 requests2 &
PIDS="$PIDS $!"
wait_for 10 test -s port2
providers <<<"$(PORT=$(cat port2) provider m "ok/csv?symbol={symbol}&word={timeframe}" "timeframes = { ['1m'] = 'minute' }, $CSV")"
fresh
run 64 data get SPY --from 2024-01-05
err_has "provider m has no bars of 1d: it has 1m"
run 0 data get SPY --timeframe 1m --from 2024-01-05 --to 2024-01-05
out_has "2 bars added"
run 0 data sql "SELECT time FROM bars WHERE timeframe = '1m' ORDER BY time LIMIT 1" --csv
out_has "2024-01-05T14:31:00Z"
same "the provider's word" "$(grep -c word=minute requests2)" 1

# ---- a full disk: the limit on file sizes acts like one
providers <<<"$(provider number "ok/csv?$RANGE&size=7&page={page}" "pages = { by = 'number', size = 7 }, $CSV")"
fresh
run 0 data get BRK.B --from 2024-01-02
(ulimit -f 40; trap '' XFSZ; "$QM" data get SPY --from 2024-01-02 >"$WORK/out" 2>"$WORK/err"; echo $? >code)
same "a file that may not grow" "$(cat code)" 74
run 0 data check BRK.B
same "the store is whole" "$(count BRK.B)" 30
run 0 data get SPY --from 2024-01-02

# ---- wrong use
run 64 data get
run 64 data get SPY SPY --from 2024-01-02
err_has "given twice"
run 64 data get 'S;Y' --from 2024-01-02
run 64 data get SPY --from 2024-13-01
err_has 2024-13-01
run 64 data get SPY --from 2024-02-01 --to 2024-01-01
run 64 data get SPY --timeframe 1y
run 64 data get NEW
err_has "--from DATE"
run 64 data get SPY --provider numbr
err_has 'did you mean "number"'
{ provider a "ok/csv?$RANGE" "$CSV"; provider b "ok/csv?$RANGE" "$CSV"; } | providers
run 64 data get SPY
err_has "2 providers"
echo 'return {}' >"$QM_CONFIG"
run 78 data get SPY
err_has "no provider"
providers <<<"$(provider far "ok/csv?$RANGE" "$CSV" | sed 's/127.0.0.1/prices.example.com/')"
run 78 data get SPY --from 2024-01-02
err_has "plain http to prices.example.com"
providers <<<"$(provider down "ok/csv?$RANGE" "$CSV" | sed 's/127.0.0.1:[0-9]*/127.0.0.1:1/')"
run 69 data get SPY --from 2024-01-02
err_has "(2 tries)"
providers <<<"$(provider keyed "ok/csv?$RANGE&key={key}" "key_env = 'QM_NO_SUCH_KEY', $CSV")"
run 78 data get SPY --from 2024-01-02
err_has QM_NO_SUCH_KEY
QM_NO_SUCH_KEY=$'a\r\nEvil: 1' run 78 data get SPY --from 2024-01-02

# ---- what is wrong with a template, qm config check says
# TEXT|PATH|FIELDS
while IFS='|' read -r text path fields; do
    providers <<<"$(provider p "$path" "$fields")"
    run 78 config check
    out_has "$text"
done <<ROWS
unknown key providers.p.fromat (did you mean "providers.p.format"?)|ok/csv?$RANGE|fromat = "csv", $CSV
unknown key providers.p.columns.clsoe (did you mean "providers.p.columns.close"?)|ok/csv?$RANGE|${CSV/close =/clsoe =}
unknown key providers.p.pages.bye (did you mean "providers.p.pages.by"?)|ok/csv?$RANGE|pages = { bye = "number" }, $CSV
providers.p.url: no placeholder {symbl} (did you mean "symbol"?)|ok/csv?symbol={symbl}|$CSV
providers.p.url: there is no {symbol} in it|ok/csv?from={from}|$CSV
providers.p.url: {key} needs key_env|ok/csv?$RANGE&key={key}|$CSV
providers.p.columns.close: missing|ok/csv?$RANGE|columns = { time = "Date", open = "Open", high = "High", low = "Low" }
providers.p.pages.by: "number" needs {page} or {offset} in url|ok/csv?$RANGE|pages = { by = "number" }, $CSV
providers.p.pages.size: needed for {offset}|ok/csv?$RANGE&o={offset}|pages = { by = "number" }, $CSV
providers.p.pages.next: needed|ok/csv?$RANGE|pages = { by = "cursor" }, $CSV
providers.p.pages.query: "cursor" needs {cursor}|ok/csv?$RANGE|pages = { by = "cursor", next = "n" }, $JSON
providers.p.pages.days: needed|ok/csv?$RANGE|pages = { by = "days" }, $CSV
providers.p.pages.by = rows (string): must be a string: none, number|ok/csv?$RANGE|pages = { by = "rows" }, $CSV
providers.p.tries = 0 (integer)|ok/csv?$RANGE|$CSV, tries = 0
providers.p.time = epoch|ok/csv?$RANGE|time = "epoch", $CSV
providers.p.splits: date is needed|ok/csv?$RANGE|splits = { url = "http://127.0.0.1/{symbol}" }, $CSV
providers.p.timeframes: use names like|ok/csv?$RANGE|timeframes = { daily = "d" }, $CSV
ROWS

# ---- a certificate that nobody vouches for
if command -v openssl >/dev/null; then
    openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost >/dev/null 2>&1
    openssl s_server -accept 0 -cert cert.pem -key key.pem -www >tls.log 2>&1 </dev/null &
    PIDS="$PIDS $!"
    wait_for 10 grep -q ACCEPT tls.log
    tls=$(grep ACCEPT tls.log | head -1 | grep -o '[0-9]*$')
    providers <<<"$(provider tls "ok/csv?$RANGE" "insecure = true, $CSV" | sed "s|http://127.0.0.1:[0-9]*|https://localhost:$tls|")"
    run 69 data get SPY --from 2024-01-02
    err_has certificate
else
    echo "the certificate: skipped, no openssl here"
fi
finish
