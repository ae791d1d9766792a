#!/bin/sh
# told.sh DIR [TARGET...] — what all runs came to, in one line; fails when one of them found
# something, or did not run.
dir=$1; shift
[ $# -gt 0 ] || set -- $("$dir/fuzz" --list)
targets=0 runs=0 bad=""
for target; do
  count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$dir/log/$target")
  targets=$((targets + 1)) runs=$((runs + ${count:-0}))
  if [ "${count:-0}" -lt 20 ] || ls "$dir/finds/$target-"* >/dev/null 2>&1 ||
    ! grep -q '^Done ' "$dir/log/$target"; then bad="$bad $target"; fi
done
if [ -n "$bad" ]; then echo "fuzz: $targets targets, $runs runs, found something:$bad"; exit 1; fi
echo "fuzz: $targets targets, $runs runs, none found anything"
