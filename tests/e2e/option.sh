#!/bin/bash
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"

near() { # near WHAT EXPRESSION VALUE: within 1e-9
    same "$1" "$(json "math.abs(($2) - ($3)) < 1e-9")" true
}

# one option
option=(--spot 100 --strike 110 --days 90 --rate 0.05 --div 0.01)
run 0 option price "${option[@]}" --vol 0.2 --right call --json
err_empty
same "keys" "$(json 'missing(d, "spot", "strike", "days", "rate", "div", "vol", "right", "american", "price", "delta", "gamma", "vega", "theta_per_day", "rho")')" ""
same "no second order" "$(json 'missing(d, "vanna", "charm", "volga")')" "vanna charm volga"
price=$(json 'string.format("%.17g", d.price)')
call=$(json 'd.price')
near "price" d.price 1.1151239188039206
run 0 option price "${option[@]}" --vol 0.2 --right put --json
near "parity" "$call - d.price" "100 * math.exp(-0.01 * 90 / 365) - 110 * math.exp(-0.05 * 90 / 365)"
run 0 option price "${option[@]}" --vol 0.2 --right put --json --second-order
same "second order" "$(json 'missing(d, "vanna", "charm", "volga")')" ""
run 0 option iv "${option[@]}" --price "$price" --right call --json
same "status" "$(json d.status)" ok
near "iv" d.iv 0.2
run 0 option iv "${option[@]}" --price "$price" --right call
out_has "0.2"
run 0 option iv "${option[@]}" --price 100 --right call --json
same "above the limit" "$(json 'd.status')" no_solution
same "no number then" "$(json 'd.iv')" null
run 0 option iv "${option[@]}" --price 0 --right call
out_has "no solution"

# american: worth at least the european one; without dividends a call is never exercised early
run 0 option price "${option[@]}" --vol 0.2 --right put --json
european=$(json d.price)
run 0 option price "${option[@]}" --vol 0.2 --right put --american --json
same "american" "$(json "d.american and d.price > $european and d.price < $european + 1")" true
near "american price" d.price 10.403468883
american=$(json 'string.format("%.17g", d.price)')
run 0 option iv "${option[@]}" --price "$american" --right put --american --json
near "american iv" d.iv 0.2
run 0 option iv "${option[@]}" --price 10 --right put --american --json
same "exercised at once" "$(json d.status)" no_solution
run 0 option price --spot 100 --strike 90 --days 30 --rate 0.05 --div 0 --vol 0.2 --right call --json
european=$(json d.price)
run 0 option price --spot 100 --strike 90 --days 30 --rate 0.05 --div 0 --vol 0.2 --right call --american --json
same "never early" "$(json d.price)" "$european"

# without time or volatility: the intrinsic value
run 0 option price --spot 100 --strike 90 --days 0 --rate 0.05 --div 0 --vol 0.2 --right call --json
same "days 0" "$(json 'd.price .. " " .. d.delta .. " " .. d.gamma .. " " .. d.vega')" "10 1 0 0"
run 0 option price --spot 100 --strike 90 --days 30 --rate -0.01 --div 0 --vol 0 --right put --json
same "vol 0" "$(json 'd.price')" 0
run 0 option iv --spot 100 --strike 90 --days 0 --rate 0.05 --div 0 --price 11 --right call --json
same "no time" "$(json 'd.status')" no_solution

# a file: columns by name, the others stay, 17 digits
cat >chain.csv <<'CSV'
id,right,vol,div,rate,days,strike,spot
"a,1",call,0.2,0.01,0.05,90,110,100
b,PUT,0.35,0,-0.01,7.5,95,100
CSV
run 0 option price --file chain.csv
same "header" "$(head -1 "$WORK/out")" \
    "id,right,vol,div,rate,days,strike,spot,price,delta,gamma,vega,theta_per_day,rho"
same "row" "$(sed -n 2p "$WORK/out" | cut -d, -f1-10)" "\"a,1\",call,0.2,0.01,0.05,90,110,100,$price"
same "rows" "$(wc -l <"$WORK/out")" 3
cp "$WORK/out" priced.csv
"$QM" option price --file - <chain.csv >"$WORK/out" || fail "standard input"
cmp -s priced.csv "$WORK/out" || fail "standard input differs"
run 0 option price --file priced.csv
cmp -s priced.csv "$WORK/out" || fail "columns of these names do not make way"
run 0 option iv --file priced.csv
same "iv header" "$(head -1 "$WORK/out" | grep -o 'rho,.*')" "rho,iv,status"
same "iv status" "$(cut -d, -f16 "$WORK/out" | tail -1)" ok
awk -F, 'NR == 3 { d = $15 - 0.35; exit !(d < 1e-12 && d > -1e-12) }' "$WORK/out" || fail "iv of the file"
printf 'spot,strike,days,rate,div,right,price\n100,90,30,0,0,call,9\n100,90,30,0,0,call,11\n' >low.csv
run 0 option iv --file low.csv
same "no solution" "$(sed -n 2p "$WORK/out")" "100,90,30,0,0,call,9,,no_solution"
run 0 option price --file chain.csv --json
same "json of a file" "$(json 'rows(d, "right", "american")')" "call|false put|false"
sed '1s/right/right,american/; 2s/call/call,true/; 3s/PUT/PUT,false/' chain.csv >mixed.csv
run 0 option price --file mixed.csv --json
same "american of a file" "$(json 'rows(d, "right", "american")')" "call|true put|false"
run 64 option price --file mixed.csv --american
sed '3s/false/maybe/' mixed.csv >maybe.csv
run 65 option price --file maybe.csv
err_has '"maybe"'
run 0 option price --file chain.csv --american --json
same "american for all" "$(json 'rows(d, "american")')" "true true"
run 0 option price --file "$SOURCE/tests/vectors/option/european.csv"
same "all vectors" "$(wc -l <"$WORK/out")" 401

# what is wrong on the command line: 64, naming field and value
while IFS='|' read -r field value text; do
    run 64 option price "${option[@]}" --vol 0.2 --right call "--$field=$value"
    out_empty
    err_has "$text"
done <<'ROWS'
spot|0|spot is 0
spot|-100|spot is -100
spot|nan|--spot is "nan"
spot|1e999|--spot is "1e999"
strike|0|strike is 0
strike|x|--strike is "x"
days|-1|days is -1
vol|-0.2|vol is -0.2
rate||--rate is ""
rate|inf|--rate is "inf"
right|Call option|--right is "Call option"
ROWS
run 64 option price "${option[@]}" --vol 0.2
err_has "--right is missing"
run 64 option price "${option[@]}" --right call
err_has "--vol is missing"
run 64 option iv "${option[@]}" --right call
err_has "--price is missing"
run 64 option iv "${option[@]}" --right call --price -1
err_has "price is -1"
run 64 option price "${option[@]}" --right call --vol 0.2 --price 3
err_has "takes no --price"
run 64 option prise --file chain.csv
err_has 'did you mean "price"'
run 64 option price --file chain.csv --spot 100
run 64 option
run 64 option iv --file chain.csv --second-order

# what is wrong in a file: 65, nothing printed, file:row
while IFS='|' read -r name row; do
    { cat chain.csv; printf '%s\n' "$row"; } >bad.csv
    run 65 option price --file bad.csv
    out_empty
    CHECKS=$((CHECKS + 1))
    grep -q 'bad.csv:4' "$WORK/err" || fail "$name: no place"
done <<'ROWS'
short row|c,call,0.2,0.01,0.05,90,110
long row|c,call,0.2,0.01,0.05,90,110,100,1
no number|c,call,0.2,0.01,0.05,90,110,x
empty cell|c,call,0.2,0.01,0.05,90,,100
NaN|c,call,nan,0.01,0.05,90,110,100
bad right|c,both,0.2,0.01,0.05,90,110,100
spot 0|c,call,0.2,0.01,0.05,90,110,0
strike below 0|c,call,0.2,0.01,0.05,90,-110,100
days below 0|c,call,0.2,0.01,0.05,-1,110,100
vol below 0|c,call,-0.2,0.01,0.05,90,110,100
ROWS
err_has "vol is -0.2"
sed 's/,spot$/,price/' chain.csv >nospot.csv
run 65 option price --file nospot.csv
err_has 'no column "spot"'
sed 's/^id/spot/' chain.csv >twice.csv
run 65 option price --file twice.csv
err_has 'second column "spot"'
: >empty.csv
run 65 option price --file empty.csv
head -1 chain.csv >header.csv
run 65 option price --file header.csv
err_has "no rows"
run 65 option price --file missing.csv
err_has missing.csv
finish
