#!/bin/sh
# resume.sh GD [TIMES] — training killed at random steps and resumed must end with the bytes of a
# run that nothing disturbed.
#
# resume.gd waits for ever at the step it is told; it is killed there (SIGKILL: nothing can be
# tidied up), resumed, killed again at a later step or not, and finished.  The model and the whole
# history are compared.  SEED chooses the steps.  Then a training is ended by --max-steps.
gd=$(realpath "$1"); times=${2:-20}; seed=${SEED:-1}
script=$(dirname "$0")/resume.gd
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
steps=90   # 10 epochs of 9 steps

# wait_and_kill RESUME STEP — runs until that step and kills; 1 when it ended instead
wait_and_kill() {
  rm -f "$folder/waiting"
  "$gd" "$script" "$folder" cut "$1" "$2" >/dev/null 2>"$folder/err" </dev/null &
  pid=$!
  while [ ! -e "$folder/waiting" ]; do
    kill -0 $pid 2>/dev/null || { wait $pid; return 1; }
    sleep 0.01
  done
  kill -9 $pid
  wait $pid 2>/dev/null
  return 0
}

"$gd" "$script" "$folder" whole no 0 >"$folder/whole.out" 2>"$folder/err" </dev/null || {
  echo "FAIL the whole run: $(head -n 4 "$folder/err")"; exit 1; }
passed=0; failed=0
for time in $(seq "$times"); do
  set -- $(awk -v seed=$seed -v time=$time -v steps=$steps 'BEGIN {
    srand(1000 * seed + time); a = 1 + int(rand() * (steps - 1));
      b = a + 1 + int(rand() * (steps - a)); print a, (rand() < 0.5 ? b : 0) }')
  first=$1; second=$2
  rm -f "$folder"/run.ckpt* "$folder"/cut.*
  why=""
  wait_and_kill no "$first" || why="ended before step $first: $(head -n 4 "$folder/err")"
  if [ -z "$why" ] && [ "$second" != 0 ]; then wait_and_kill yes "$second" ||
    why="ended before step $second: $(head -n 4 "$folder/err")"; fi
  if [ -z "$why" ]; then
    if "$gd" "$script" "$folder" cut yes 0 >"$folder/cut.out" 2>"$folder/err" </dev/null; then
      cmp -s "$folder/whole.safetensors" "$folder/cut.safetensors" || why="the models differ"
      cmp -s "$folder/whole.out" "$folder/cut.out" || why="${why:+$why, }the histories differ"
    else why="resuming failed: $(head -n 4 "$folder/err")"
    fi
  fi
  if [ -z "$why" ]; then passed=$((passed + 1))
  else failed=$((failed + 1)); echo "FAIL killed at step $first${second:+ and $second}: $why"
  fi
done
# ended SCRIPT BATCH STEPS — ended by --max-steps at each of so many steps, and resumed
ended() {
  limit=$(dirname "$0")/$1
  rm -f "$folder"/limit.whole*
  "$gd" "$limit" "$folder/limit.whole" "$2" >"$folder/whole.out" 2>"$folder/err" </dev/null
  for step in $(seq "$3"); do
    rm -f "$folder"/limit.ckpt*
    "$gd" --max-steps "$step" "$limit" "$folder/limit.ckpt" "$2" >/dev/null 2>"$folder/err" \
      </dev/null
    if [ $? = 124 ] &&
      "$gd" "$limit" "$folder/limit.ckpt" "$2" >"$folder/cut.out" 2>"$folder/err" </dev/null &&
      cmp -s "$folder/whole.out" "$folder/cut.out"; then passed=$((passed + 1))
    else failed=$((failed + 1))
      echo "FAIL $1, batch: $2, ended by --max-steps $step: $(head -n 4 "$folder/err")"
    fi
  done
}
# Also at the last step of an epoch, before its validation; an epoch of one update, and of three.
ended resume_limit.gd 7 40
ended resume_limit.gd 3 40
# With targets that a later step is the first to reach.
ended resume_joins.gd 3 20
# Within a training in a block of another.
ended resume_nested.gd 2 20
echo "resume: $passed passed, $failed failed"
[ $failed = 0 ]
