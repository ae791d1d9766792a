#!/bin/sh
# large.sh GD [small] — a table four times as large as the memory that a training may take: shuffled
# as a whole, killed at random moments and resumed until it ends with the bytes of a run that
# nothing disturbed; its own memory (RssAnon) stays under the limit; its speed beside the same
# training of rows held in memory.
#
# 2 GB under 512 MB, 20 kills, three pairs of runs for the speed: some ten minutes, 2 GB in
# $TMPDIR and in memory for what the machine keeps of the file.  `small`: 38 MB under 9 MB, three
# kills, no speed, as the machine may have other work.  SEED chooses the moments.
gd=$(realpath "$1"); script=$(dirname "$0")/large.gd; seed=${SEED:-1}
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
if [ "$2" = small ]; then rows=1200000 columns=8 limit=9 kills=3 epochs=4 rounds=0
else rows=2000000 columns=256 limit=512 kills=20 epochs=3 rounds=3; fi
failed=0; most=0
wrong() { echo "FAIL large: $*"; failed=1; }

# draw TIME — a number from 0 to 1
draw() {
  awk -v seed=$seed -v time="$1" 'BEGIN { srand(1000 * seed + time); rand(); print rand() }'
}
now() { date +%s%3N; }
# train NAME EPOCHS [KEY] — in the place of this process
train() { exec "$gd" --max-memory "${limit}M" "$script" train "$folder" "$@"; }
# watch PID UNTIL — its own memory, looked at until it ends or that moment (in ms since 1970)
watch() {
  while kill -0 "$1" 2>/dev/null && [ "$(now)" -lt "$2" ]; do
    own=$(awk '/^RssAnon/ { print $2 }' "/proc/$1/status" 2>/dev/null)
    [ "${own:-0}" -gt $most ] && most=$own
    sleep 0.02
  done
}

"$gd" "$script" make "$folder" $rows $columns || { wrong "no table is made"; exit 1; }
begun=$(now)
train whole $epochs > "$folder/whole.out" 2> "$folder/err" &
watch $! 9999999999999; wait $! || { wrong "the whole run: $(head -4 "$folder/err")"; exit 1; }
taken=$(($(now) - begun))

killed=0; ended=0
while [ $killed -lt $kills ] || [ $ended = 0 ]; do
  # moments up to two epochs on, and none once there were enough
  moment=$(draw $((killed + ended)) | awk -v now="$(now)" -v epoch=$((taken / epochs)) '{
    printf "%.0f", now + 20 + $1 * 2 * epoch }')
  [ $killed -ge $kills ] && moment=9999999999999
  train cut $epochs resume > "$folder/cut.out" 2> "$folder/err" &
  pid=$!; watch $pid $moment
  if kill -9 $pid 2>/dev/null; then wait $pid 2>/dev/null; killed=$((killed + 1)); continue; fi
  wait $pid || { wrong "resuming: $(head -4 "$folder/err")"; break; }
  ended=$((ended + 1))
  cmp -s "$folder/whole.safetensors" "$folder/cut.safetensors" || wrong "the models differ"
  cmp -s "$folder/whole.out" "$folder/cut.out" || wrong "the histories differ"
  rm -f "$folder"/cut.*
done
[ $most -lt $((limit * 1024)) ] || wrong "$most kB of its own, of $limit MB"

for _ in $(seq $rounds); do
  for way in mapped held; do
    options=; [ $way = mapped ] && options="--max-memory ${limit}M"
    "$gd" $options "$script" train "$folder" $way 1 $way > /dev/null || wrong "the run $way"
    rm -f "$folder/$way.ckpt"*
  done
  paste -d' ' "$folder/held.seconds" "$folder/mapped.seconds" |
    awk '{ print $1 / $2 }' >> "$folder/speeds"
done
echo "large: killed $killed times, ended $ended times with the same bytes;" \
  "$((most / 1024)) MB of its own"
if [ $rounds != 0 ]; then
  speed=$(sort -n "$folder/speeds" | sed -n "$((rounds / 2 + 1))p")
  echo "large: $speed of the speed of rows held in memory (median of $rounds pairs)"
  awk -v speed="$speed" 'BEGIN { exit speed < 0.7 }' || wrong "slower than 0.7 of that"
fi
exit $failed
