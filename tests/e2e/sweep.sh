#!/bin/bash
# SPDX-License-Identifier: MIT
# Sweeps from outside: every set as the backtest has it, the same bytes however it is run, nothing lost when
# workers are killed, nothing counted twice.
. "$(dirname "$0")/lib.sh"

# Buys at bar `buy`, sells at bar `sell`; `work` makes it slow. A sale before the purchase is refused by init.
cat >two.lua <<'LUA'
local qm = require "qm"
return qm.strategy {
    name = "two",
    params = {
        buy = qm.integer { default = 1, min = 1, max = 500 },
        sell = qm.integer { default = 3, min = 1, max = 500 },
        share = qm.number { default = 0.5, min = 0, max = 1 },
        work = qm.integer { default = 0, min = 0, max = 1000000 },
    },
    universe = { "SPY" },
    timeframe = "1d",
    init = function(ctx)
        ctx.state.n = 0
        if ctx.params.sell <= ctx.params.buy then error("sells before it buys") end
    end,
    on_bar = function(ctx, bar)
        local x = 0
        for i = 1, ctx.params.work do x = x + i % 7 end
        ctx.state.n = ctx.state.n + 1
        if ctx.state.n == ctx.params.buy then ctx:target(bar.symbol, ctx.params.share) end
        if ctx.state.n == ctx.params.sell then ctx:target(bar.symbol, 0) end
    end,
}
LUA
# 260 sessions of a price that waves and rises
lua5.4 - >wave.csv <<'LUA'
print "Date,Open,High,Low,Close,Volume"
local t, n, p = os.time { year = 2020, month = 1, day = 2, hour = 12 }, 0, 100
while n < 260 do
    local d = os.date("*t", t)
    if d.wday > 1 and d.wday < 7 then
        n = n + 1
        local o = p
        p = p + ((n * 37) % 11 - 4.6) * 0.2
        print(("%s,%.2f,%.2f,%.2f,%.2f,1000"):format(os.date("%Y-%m-%d", t), o, math.max(o, p) + 0.5, math.min(o, p) - 0.5, p))
    end
    t = t + 86400
end
LUA
cat >grid.lua <<'LUA'
return {
    strategy = "two.lua",
    bars = { WAVE = "wave.csv" },
    params = { buy = { 1, 20, 100 }, sell = { from = 50, to = 250, step = 100 }, share = 0.9 },
    method = "grid",
    costs = { commission = "per_share:0.01,min=1", slippage = "bps:5" },
    cash = "50000.00",
}
LUA

# the plan
run 0 sweep plan grid.lua --json
err_empty
same "counts" "$(json 'd.sets .. " " .. d.runs .. " " .. d.tasks .. " " .. d.bars')" "9 9 9 260"
same "order: the last parameter varies fastest" "$(json 'd.list[2].params.buy .. " " .. d.list[2].params.sell')" "1 150"
[ ! -e grid.sweep ] || fail "a plan wrote a folder"
plan=$(json 'd.plan')

# every set as the backtest has it
run 0 sweep run grid.lua --workers 2 --json
err_empty
cp out first.json
same "keys" "$(json 'missing(d, "plan", "counts", "best", "rows", "overfitting", "method", "objective")')" ""
same "plan" "$(json 'd.plan')" "$plan"
same "rows" "$(json '#d.rows .. " " .. d.counts.done .. " " .. d.counts.failed .. " " .. d.counts.missing_tasks')" "9 9 1 0"
same "the failing set is a row" "$(json 'd.rows[7].error:match("two.lua:%d+: sells before it buys") ~= nil')" true
same "and has no figures" "$(json 'rows({ d.rows[7] }, "objective", "sharpe", "final_equity")')" "null|null|null"
for row in 1 5 9; do
    cp first.json out
    set=$(json "'--set buy=' .. d.rows[$row].params.buy .. ' --set sell=' .. d.rows[$row].params.sell")
    want=$(json "rows({ d.rows[$row] }, 'final_equity', 'sharpe', 'total_return', 'max_drawdown', 'decision_hash')")
    # shellcheck disable=SC2086
    run 0 backtest two.lua --bars WAVE=wave.csv $set --set share=0.9 --cash 50000.00 \
        --commission per_share:0.01,min=1 --slippage bps:5 --no-journal --json
    same "set $row" "$(json 'rows({ d.summary }, "final_equity", "sharpe", "total_return", "max_drawdown") .. "|" .. d.decision_hash')" "$want"
done
cp first.json out
same "the best has the highest objective" "$(json '(function()
    local best = 0
    for i, r in ipairs(d.rows) do
        if type(r.objective) == "number" and (best == 0 or r.objective > d.rows[best].objective) then best = i end
    end
    return best - d.best.set
end)()')" 0
same "trials" "$(json 'd.overfitting.trials .. " " .. d.overfitting.splits')" "8 12870"

# the same bytes with any number of workers, and task by task in any order
run 0 sweep run grid.lua --workers 5 --dir five --json
cmp -s out first.json || fail "five workers make another result"
for task in 8 3 0 1 2 4 5 6 7; do
    run 0 sweep run grid.lua --task $task --dir single
done
run 0 sweep collect grid.lua --dir single --json
cmp -s out first.json || fail "single tasks make another result"
for file in grid.sweep/task-*.json; do
    cmp -s "$file" "single/$(basename "$file")" || fail "$file is another"
done
same "files of tasks" "$(find grid.sweep -name 'task-*.json' | wc -l)" 9
same "a database" "$(head -c 15 grid.sweep/sweep.db)" "SQLite format 3"
grep -q '<svg xmlns' grid.sweep/surface.svg || fail "no picture"
[ -z "$(find . -name '*.tmp')" ] || fail "files are left over"
run 0 sweep run grid.lua --task 3 --dir single
out_has "was there"

# which task: from schedulers
for name in SLURM_ARRAY_TASK_ID JOB_COMPLETION_INDEX OMPI_COMM_WORLD_RANK; do
    export $name=4
    run 0 sweep run grid.lua --dir "env-$name"
    same "$name" "$(cd "env-$name" && echo task-*)" task-00004.json
    run 0 sweep run grid.lua --dir "env-$name" --task 5
    same "--task before $name" "$(cd "env-$name" && echo task-*)" "task-00004.json task-00005.json"
    unset $name
done
SLURM_ARRAY_TASK_ID=1 OMPI_COMM_WORLD_RANK=2 run 64 sweep run grid.lua --dir both
err_has "say which with --task"
SLURM_ARRAY_TASK_ID=9 run 64 sweep run grid.lua --dir both
err_has 'SLURM_ARRAY_TASK_ID "9": must be 0 to 8'
run 64 sweep run grid.lua --dir both --task -1
run 64 sweep run grid.lua --dir both --task 1 --workers 2
run 64 sweep run grid.lua --dir both --workers 0
[ ! -e both/task-00000.json ] || fail "a refused run ran"

# what is missing is said; what is torn is no result
rm single/task-00002.json single/task-00005.json single/task-00006.json
run 65 sweep collect grid.lua --dir single
err_has "3 of 9 tasks have no result: 2,5-6"
run 0 sweep collect grid.lua --dir single --partial --json
same "partial" "$(json 'd.counts.done .. " " .. d.counts.missing_tasks .. " " .. #d.rows')" "6 3 6"
head -c 300 five/task-00004.json >torn && mv torn five/task-00004.json
run 65 sweep collect grid.lua --dir five
err_has "task-00004.json"
cp grid.sweep/task-00003.json five/task-00005.json
run 65 sweep collect grid.lua --dir five
run 0 sweep run grid.lua --workers 2 --dir five --json
err_has "task-00004.json"
err_has "it is made again"
cmp -s out first.json || fail "a mended folder makes another result"

# another sweep in the same folder is refused
sed 's/20, 100/20, 90/' grid.lua >other.lua
run 65 sweep run other.lua --dir grid.sweep
err_has "the specification is another"
run 65 sweep collect other.lua --dir grid.sweep
cp two.lua keep.lua && echo "-- changed" >>two.lua
run 65 sweep run grid.lua
err_has "the strategy was changed"
mv keep.lua two.lua
cp wave.csv keep.csv && sed -i '$d' wave.csv
run 65 sweep run grid.lua
err_has "the bars are others"
mv keep.csv wave.csv
# but another objective only chooses among what is there
sed 's/method = "grid"/method = "grid", objective = "total_return"/' grid.lua >return.lua
run 0 sweep run return.lua --dir grid.sweep --json
same "objective" "$(json 'd.objective .. " " .. tostring(d.rows[1].objective == d.rows[1].total_return)')" "total_return true"

# a grid of floats is exact; a table of one value is no axis of the picture
cat >steps.lua <<'LUA'
return { strategy = "two.lua", bars = { WAVE = "wave.csv" }, method = "grid",
    params = { share = { from = 0, to = 1, step = 0.1 } } }
LUA
run 0 sweep plan steps.lua --json
same "steps" "$(json '(function() local t = {} for i, s in ipairs(d.list) do t[i] = s.params.share end return table.concat(t, " ") end)()')" \
    "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1"
run 0 sweep run steps.lua --workers 2
out_has "share 0 to 1"
out_has "deflated Sharpe ratio"
run 64 sweep collect steps.lua --x shares
err_has 'no parameter "shares"'

# a set that reads what was not loaded is a row with an error
cat >far.lua <<'LUA'
local qm = require "qm"
return qm.strategy {
    name = "far",
    params = { far = qm.integer { default = 0, min = 0, max = 1 } },
    universe = { "WAVE" },
    timeframe = "1d",
    inputs = function(p) return { qm.ta.sma { 2, symbol = p.far == 1 and "FAR" or "WAVE" } } end,
    on_bar = function(ctx, bar, mean) ctx:target(bar.symbol, bar.close > mean and 0.5 or 0) end,
}
LUA
sed 's/two.lua/far.lua/; s/params = .*/params = { far = { 1, 0 } } }/' steps.lua >far_spec.lua
run 0 sweep run far_spec.lua --workers 1 --json
same "far" "$(json 'd.counts.failed .. " " .. d.rows[1].error:sub(1, 14) .. " " .. tostring(d.rows[2].error)')" "1 no bars of FAR null"

# draws: of the seed, different sets, inside their ranges
cat >random.lua <<'LUA'
return { strategy = "two.lua", bars = { WAVE = "wave.csv" }, method = "random", samples = 30, seed = 5, tasks = 4,
    params = { buy = { min = 1, max = 40 }, share = { min = 0.01, max = 0.9, log = true }, sell = { 50, 60 } } }
LUA
run 0 sweep plan random.lua --json
cp out draws.json
same "draws" "$(json '(function()
    local seen, below = {}, 0
    for _, s in ipairs(d.list) do
        local p = s.params
        local key = p.buy .. " " .. p.share .. " " .. p.sell
        if seen[key] or p.buy < 1 or p.buy > 40 or math.type(p.buy) ~= "integer" then return "bad " .. key end
        if p.share < 0.01 or p.share > 0.9 or (p.sell ~= 50 and p.sell ~= 60) then return "bad " .. key end
        seen[key] = true
        below = below + (p.share < 0.095 and 1 or 0)
    end
    return #d.list .. " " .. d.tasks .. " " .. tostring(below > 8 and below < 22) -- the middle of a log range
end)()')" "30 4 true"
run 0 sweep plan random.lua --json
cmp -s out draws.json || fail "the same seed draws other sets"
sed 's/seed = 5/seed = 6/' random.lua >reseed.lua
run 0 sweep plan reseed.lua --json
cmp -s out draws.json && fail "another seed draws the same sets"
run 0 sweep run random.lua --workers 3 --json
same "random" "$(json '#d.rows .. " " .. d.counts.failed')" "30 0"
sed 's/samples = 30/samples = 30000/; s/share = .*true }, //' random.lua >many.lua
run 78 sweep plan many.lua
err_has "80 different sets"

# walk forward: windows, the purge, the choice, the chain
cat >walk.lua <<'LUA'
return { strategy = "two.lua", bars = { WAVE = "wave.csv" }, method = "walk_forward", folds = 3, purge = 5,
    from = "2020-01-02", to = "2020-12-26", params = { buy = { 1, 5, 9 }, sell = { 20, 45 } },
    objective = "total_return" }
LUA
run 0 sweep run walk.lua --workers 2 --json
same "folds" "$(json 'rows(d.walk_forward.folds, "fold", "train_from", "train_to", "test_from", "test_to")')" \
    "1|2020-01-02|2020-03-26|2020-04-01|2020-06-29 2|2020-01-02|2020-06-24|2020-06-30|2020-09-27 3|2020-01-02|2020-09-22|2020-09-28|2020-12-26"
same "runs" "$(json 'd.counts.sets .. " " .. d.counts.runs')" "6 36"
same "the choice is that of the training, the chain its tests" "$(json '(function()
    local growth = 1
    for k, fold in ipairs(d.walk_forward.folds) do
        local best, test
        for _, r in ipairs(d.rows) do
            if r.fold == k and r.part == "train" and (not best or r.total_return > best.total_return) then best = r end
        end
        for _, r in ipairs(d.rows) do
            if r.fold == k and r.part == "test" and r.set == best.set then test = r end
        end
        if fold.set ~= best.set or fold.test ~= test.total_return then return "fold " .. k end
        growth = growth * (1 + test.total_return)
    end
    return math.abs(growth - 1 - d.walk_forward.total_return) < 1e-12
end)()')" true
same "the test of the first fold is a run of its own" "$(json 'd.rows[2].days')" 62
cp out walk.json
run 0 sweep run walk.lua --workers 1 --dir walk1 --json
cmp -s out walk.json || fail "one worker walks another way"

# bars from the store
sed 's/"SPY"/"WAVE"/' two.lua >stored.lua
sed 's/two.lua/stored.lua/; s/bars = {[^}]*}/bars = "store"/' steps.lua >store.lua
run 69 sweep plan store.lua
run 0 data import wave.csv --symbol WAVE
run 0 sweep run store.lua --workers 2 --json
same "store" "$(json '#d.rows .. " " .. d.counts.failed')" "11 0"
stored=$(json 'rows(d.rows, "final_equity")')
run 0 sweep collect steps.lua --json
same "as from the file" "$(json 'rows(d.rows, "final_equity")')" "$stored"

# what can't stand in a specification: place, name, and what was meant
wrong() {
    sed "$1" grid.lua >wrong.lua
    run 78 sweep plan wrong.lua
    err_has "$2"
}
wrong 's/cash =/chas =/' 'wrong.lua:7: chas: no such key (did you mean "cash"?)'
wrong 's/slippage/slipage/' 'wrong.lua:6: costs.slipage: no such key (did you mean "costs.slippage"?)'
wrong 's/bps:5/bps/' 'wrong.lua:6: slippage'
wrong 's/buy =/bye =/' 'wrong.lua:4: params.bye: '
wrong 's/buy =/bye =/' 'no parameter "bye" (did you mean "buy"?)'
wrong 's/step = 100/stop = 100/' 'params.sell.stop: no such key (did you mean "step"?)'
wrong 's/step = 100/step = 0/' 'wrong.lua:4: params.sell: needs from <= to and a step above 0'
wrong 's/, step = 100//' 'step is missing'
wrong 's/1, 20, 100/1, 20, 1/' 'params.buy: 1 stands there twice'
wrong 's/1, 20, 100/1, 0 \/ 0/' 'is no number to count with'
wrong 's/1, 20, 100/1, "x"/' 'params.buy: numbers and other values in one list'
wrong 's/1, 20, 100/1, step = 2/' 'params.buy: use a list,'
wrong 's/from = 50, to = 250, step = 100/min = 1, max = 5/' 'needs samples'
wrong 's/"grid"/"gird"/' 'wrong.lua:5: method: "gird": use grid, random or walk_forward (did you mean "grid"?)'
wrong 's/"grid"/"random"/' 'random needs samples'
wrong 's/"grid"/"walk_forward"/' 'walk_forward needs from, to and folds'
wrong 's/"grid"/"grid", purge = 3/' 'purge: only walk_forward has it'
wrong 's/"grid"/"grid", objective = "sharp"/' 'no objective "sharp" (did you mean "sharpe"?)'
wrong 's/"grid"/"grid", from = "2020-13-01"/' 'is no date'
wrong 's/"50000.00"/50000.5/' 'cash: 50000.5 (number): must be a string or integer'
wrong 's/bars = .*/bars = {},/' 'bars is missing'
wrong 's/strategy = .*//' 'strategy is missing'
run 64 sweep plot grid.lua
err_has "use plan, run or collect"
run 64 sweep plan
sed 's/20, 100/2/; s/from = 50, to = 250, step = 100/1/' grid.lua >allbad.lua
run 65 sweep run allbad.lua --workers 2
err_has "every run failed"

# ---- killed in the middle

cat >slow.lua <<'LUA'
return { strategy = "two.lua", bars = { WAVE = "wave.csv" }, method = "grid", tasks = 12,
    params = { buy = { from = 1, to = 24, step = 1 }, sell = 100, work = 60000 } }
LUA
run 0 sweep run slow.lua --workers 2 --dir whole --json
cp out whole.json
files() { find "$1" -name 'task-*.json' | wc -l; }
at_least() { [ "$(files "$1")" -ge "$2" ]; }
begin() { # DIR: a sweep in the background with some tasks done; its pid in $pool
    "$QM" sweep run slow.lua --workers 2 --dir "$1" --json >"$1.out" 2>"$1.err" </dev/null &
    pool=$!
    wait_for 60 at_least "$1" 2 || fail "no task was done in a minute"
}

# a worker: its task runs again in the same pool
begin killed
kill_one() { # one that ends by itself just then does not count
    kill -9 "$(pgrep -P "$pool" | head -1)"
    sleep 0.3
    grep -q "was ended by signal 9: its task runs again" killed.err
}
wait_for 30 kill_one || fail "the kill is not said: $(cat killed.err)"
wait "$pool"
same "exit code with a killed worker" $? 0
cmp -s killed.out whole.json || fail "a killed worker makes another result"
[ -z "$(find killed -name '*.tmp')" ] || fail "files are left over"

# the pool by Ctrl-C: finished tasks stay, the rest runs later
begin stopped
kill -INT "$pool"
wait "$pool"
same "exit code when stopped" $? 1
grep -q "run again for the rest" stopped.err || fail "how to go on is not said"
done=$(files stopped)
[ "$done" -ge 2 ] && [ "$done" -lt 12 ] || fail "$done of 12 tasks were done"
find stopped -name 'task-*.json' -printf '%f %T@ %i\n' | sort >before
same "nobody is left" "$(pgrep -f -- '--dir stopped' | wc -l)" 0
run 0 sweep run slow.lua --workers 2 --dir stopped --json
cmp -s out whole.json || fail "a resumed sweep makes another result"
find stopped -name 'task-*.json' -printf '%f %T@ %i\n' | sort >after
same "what was done is not done again" "$(comm -23 before after | wc -l)" 0

# the pool by SIGKILL: its workers go with it
begin lost
kill -9 "$pool"
wait "$pool" 2>/dev/null
gone() { [ "$(pgrep -f -- '--dir lost' | wc -l)" = 0 ]; }
wait_for 20 gone || fail "workers outlive their pool"
run 0 sweep run slow.lua --workers 2 --dir lost --json
cmp -s out whole.json || fail "a sweep after a kill makes another result"

# a strategy that is saved meanwhile is another plan: the sweep stops instead of mixing two
for change in 's/x + i % 7/x + i % 9/' 's/on_bar = /on_bar == /'; do
    rm -rf edited
    begin edited
    cp two.lua keep.lua
    sed "$change" two.lua >new.lua && mv new.lua two.lua
    wait "$pool"
    same "exit code of a changed strategy" $? 69
    grep -q "two.lua: the strategy was changed while its sweep ran" edited.err || fail "the change is not said: $(cat edited.err)"
    mv keep.lua two.lua
    run 0 sweep run slow.lua --workers 2 --dir edited --json
    cmp -s out whole.json || fail "a changed strategy left something behind"
done

# a callback that never ends does not keep the pool from stopping
sed 's/for i = 1, ctx.params.work do x = x + i % 7 end/while true do end/' two.lua >stuck.lua
sed 's/two.lua/stuck.lua/' grid.lua >stuck_spec.lua
"$QM" sweep run stuck_spec.lua --workers 2 --dir stuck >stuck.out 2>stuck.err </dev/null &
pool=$!
two_at_work() { [ "$(pgrep -P "$pool" | wc -l)" = 2 ]; }
wait_for 20 two_at_work || fail "no workers"
kill -INT "$pool"
wait "$pool"
same "exit code of the stuck" $? 1
same "no result of the stuck" "$(files stuck)" 0

# two pools do not share a folder
begin shared
run 69 sweep run slow.lua --workers 1 --dir shared
err_has "in use by process"
wait "$pool"
cmp -s shared.out whole.json || fail "the first pool was disturbed"

finish
