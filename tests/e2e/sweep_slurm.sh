#!/bin/bash
# SPDX-License-Identifier: MIT
# A sweep as a job array on a Slurm of this machine alone: two nodes, their own key, ports and folders. One worker
# is killed in the middle: the collection names its task, and the same bytes come out as from the local pool.
for program in munged slurmctld slurmd sbatch squeue sinfo; do
    if ! PATH=$PATH:/usr/sbin command -v $program >/dev/null; then
        echo "skipped: $program is not installed (Debian: slurmctld slurmd slurm-client munge)"
        exit 77
    fi
done
if [ "$(id -u)" != 0 ]; then
    echo "skipped: the daemons of Slurm need root"
    exit 77
fi
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin
DAEMONS=()
stop() {
    for pid in "${DAEMONS[@]}"; do kill "$pid" 2>/dev/null; done
    wait
    rm -rf "$WORK"
}
trap stop EXIT

cat >two.lua <<'LUA'
local qm = require "qm"
return qm.strategy {
    name = "two",
    params = { buy = qm.integer { default = 1, min = 1, max = 500 }, work = qm.integer { default = 0 } },
    universe = { "SPY" },
    timeframe = "1d",
    init = function(ctx) ctx.state.n = 0 end,
    on_bar = function(ctx, bar)
        local x = 0
        for i = 1, ctx.params.work do x = x + i % 7 end
        ctx.state.n = ctx.state.n + 1
        if ctx.state.n == ctx.params.buy then ctx:target(bar.symbol, 0.5) end
    end,
}
LUA
lua5.4 - >wave.csv <<'LUA'
print "Date,Open,High,Low,Close,Volume"
for n = 0, 99 do
    local p = 100 + (n * 37) % 11
    print(("%s,%d,%d,%d,%d,1000"):format(os.date("%Y-%m-%d", os.time { year = 2020, month = 1, day = 2 + n, hour = 12 }), p, p + 1, p - 1, p))
end
LUA
cat >slow.lua <<'LUA'
return { strategy = "two.lua", bars = { WAVE = "wave.csv" }, method = "grid", tasks = 8,
    params = { buy = { from = 1, to = 16, step = 1 }, work = 400000 } }
LUA
run 0 sweep run slow.lua --workers 2 --dir local --json
cp out local.json

# ---- the cluster
host=$(hostname -s)
port=$((20000 + $$ % 20000))
mkdir -m 700 munge state spool
dd if=/dev/urandom of=munge/key bs=128 count=1 status=none
chmod 600 munge/key
cat >slurm.conf <<CONF
ClusterName=qm
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$WORK/munge/socket
CredType=cred/munge
SlurmctldPort=$port
StateSaveLocation=$WORK/state
SlurmdSpoolDir=$WORK/spool/%n
SlurmctldPidFile=$WORK/ctld.pid
SlurmdPidFile=$WORK/slurmd.%n.pid
SlurmctldLogFile=$WORK/ctld.log
SlurmdLogFile=$WORK/slurmd.%n.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
NodeName=n[1-2] NodeHostname=$host NodeAddr=127.0.0.1 Port=[$((port + 1))-$((port + 2))] CPUs=1
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$WORK/slurm.conf
munged --force --foreground --key-file="$WORK/munge/key" --socket="$WORK/munge/socket" --pid-file="$WORK/munge/pid" \
    --log-file="$WORK/munge/log" --seed-file="$WORK/munge/seed" >/dev/null 2>&1 &
DAEMONS+=($!)
wait_for 10 test -S munge/socket || fail "munged does not start"
slurmctld -D >/dev/null 2>&1 &
DAEMONS+=($!)
for node in n1 n2; do
    slurmd -D -N $node >/dev/null 2>&1 &
    DAEMONS+=($!)
done
idle() { [ "$(sinfo -h -N -o '%T' | grep -c idle)" = 2 ]; }
wait_for 60 idle || {
    fail "the cluster does not come up: $(tail -3 ctld.log slurmd.n1.log 2>&1)"
    finish
}

# ---- the array, and one worker of it killed
submit() { sbatch --parsable --array="$1" --output="$WORK/job-%a.log" --wrap "cd $WORK && $QM sweep run slow.lua --dir array"; }
nothing_queued() { [ -z "$(squeue -h)" ]; }
submit 0-7 >job || fail "sbatch: $(cat job)"
kill_one() {
    local victim
    victim=$(pgrep -f "qm sweep run slow.lua --dir array" | while read -r pid; do
        [ "$(readlink "/proc/$pid/exe")" = "$(readlink -f "$QM")" ] && echo "$pid"
    done | head -1)
    [ -n "$victim" ] && kill -STOP "$victim" || return 1
    # It stands still: what it has written already no kill takes back.
    local task
    wait_for 5 grep -q '^State:.*stopped' "/proc/$victim/status" || return 1
    task=$(tr '\0' '\n' <"/proc/$victim/environ" | sed -n 's/^SLURM_ARRAY_TASK_ID=//p')
    if [ -z "$task" ] || ls array | grep -q "^task-0*$task\.json\$"; then
        kill -CONT "$victim"
        return 1
    fi
    kill -9 "$victim"
}
wait_for 60 kill_one || fail "no worker to kill"
wait_for 120 nothing_queued || fail "the array does not end: $(squeue)"
run 65 sweep collect slow.lua --dir array
missing=$(sed -n 's/.* have no result: \([0-9,-]*\) .*/\1/p' err)
same "the killed task alone is missing" "$(grep -c '1 of 8 tasks' err) ${missing:+known}" "1 known"
submit "$missing" >job || fail "sbatch: $(cat job)"
wait_for 120 nothing_queued || fail "the rest does not end: $(squeue)"
run 0 sweep collect slow.lua --dir array --json
cmp -s out local.json || fail "the array makes another result than the pool"
submit 3 >job || fail "sbatch: $(cat job)"
wait_for 60 nothing_queued || fail "a task that is done does not end"
grep -q "was there" job-3.log || fail "a task that is done runs again"

finish
