#!/bin/bash
# processes.sh GD UNFUSED [KILLS] [SEED] — one training on any number of processes gives one file.
#
# Four models (processes.gd) on 1, 2, 3, 4, 5 and 8 processes, on one and two threads each, started
# by --workers and by every mpirun that is installed, not fused, and with the instruction sets of
# this processor mixed; then KILLS times a process drawn at random is killed at a moment drawn at
# random, and the training goes on with another number of processes.  Everywhere the saved model is
# that of one process.
gd=$(realpath "$1"); unfused=$([ ! -x "$2" ] || realpath "$2"); kills=${3:-40}; RANDOM=${4:-1}
script=$(realpath tests/tools/processes.gd)
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; failed=0 made=0
cd "$folder" || exit 1
say() { echo "processes: $*"; failed=1; }
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none

launchers=workers
for mpi in openmpi mpich; do
  [ -e "$(dirname "$gd")/gd-$mpi.so" ] && command -v "mpirun.$mpi" > /dev/null &&
    launchers="$launchers $mpi"
done

# start LAUNCHER PROCESSES PROGRAM WORD… — becomes it, so that $! is its number
start() {
  local launcher=$1 count=$2 program=$3
  shift 3
  if [ "$launcher" = workers ]; then exec "$program" --workers "$count" "$@"
  else exec "mpirun.$launcher" -n "$count" "$program" "$@"
  fi
}

# compare WHAT MODEL — the file saved against that of one process
compare() {
  made=$((made + 1))
  cmp -s "$2.one.safetensors" of.safetensors ||
    say "$2, $1: another model than that of one process: $(head -3 said)"
  rm -f of.safetensors of.ckpt said
}

# Each process has an instruction set of its own, by its rank.
{
  echo '#!/bin/sh'
  echo 'rank=${OMPI_COMM_WORLD_RANK:-$PMI_RANK}'
  echo 'case $((rank % 3)) in 0) set=baseline ;; 1) set=avx2 ;; *) set= ;; esac'
  echo '[ -z "$set" ] || export GD_ISA=$set'
  echo "exec '$gd' \"\$@\""
} > mixed
chmod +x mixed

models="mlp lenet lstm gpt"
for model in $models; do
  "$gd" --threads 1 "$script" $model 12 one.ckpt $model.one.safetensors > said 2>&1 ||
    say "$model: $(cat said)"
  rm -f one.ckpt
  if [ -n "$unfused" ]; then
    "$unfused" "$script" $model 12 of.ckpt of.safetensors > said 2>&1
    compare "not fused" $model
  fi
  for launcher in $launchers; do
    for count in 1 2 3 4 5 8; do
      for threads in 1 2; do
        (start $launcher $count "$gd" --threads $threads "$script" $model 12 of.ckpt \
          of.safetensors) > said 2>&1
        compare "$launcher, $count processes of $threads threads" $model
      done
    done
    [ $launcher = workers ] && continue
    (start $launcher 4 ./mixed "$script" $model 12 of.ckpt of.safetensors) > said 2>&1
    compare "$launcher, mixed instruction sets" $model
  done
done

# ---- killed ----

# The processes of gd that work in this folder.
ours() {
  for process in $(pgrep -f "$script"); do
    [ "$(readlink "/proc/$process/exe")" = "$gd" ] && echo "$process"
  done
}

steps=3000 killed=0 tries=0
for model in $models; do
  "$gd" "$script" $model $steps one.ckpt $model.one.safetensors > said 2>&1
  rm -f one.ckpt
done
set -- $launchers
while [ $killed -lt "$kills" ] && [ $tries -lt $((kills * 4)) ]; do
  models=(mlp lenet lstm gpt)
  model=${models[$((killed % 4))]}
  tries=$((tries + 1))
  for round in 1 2 3; do
    n=$((RANDOM % $# + 1)) count=$((RANDOM % 4 + 2))
    (start "${!n}" $count "$gd" --threads 1 "$script" $model $steps of.ckpt of.safetensors) \
      > said 2>&1 &
    starter=$!
    [ $round = 3 ] || {
      sleep "0.$((RANDOM % 70 + 10))"
      victims=($(ours))
      [ ${#victims[@]} -lt $count ] ||
        { kill -9 "${victims[$((RANDOM % ${#victims[@]}))]}" 2> /dev/null &&
          killed=$((killed + 1)); }
    }
    wait $starter
    status=$?
    for i in $(seq 100); do
      [ -z "$(ours)" ] && break
      sleep 0.1
    done
    [ -z "$(ours)" ] || say "$model, ${!n}: processes are left running after status $status"
    if [ $round = 3 ] && [ $status != 0 ]; then say "$model, ${!n}: $status: $(head -3 said)"; fi
  done
  compare "killed and resumed" $model
done
[ $killed -ge "$kills" ] || say "only $killed processes could be killed"
[ $failed = 0 ] && echo "processes: $made models, $killed processes killed; by $launchers: the same"
exit $failed
