#!/bin/sh
# run.sh DIR TARGET SECONDS — fuzzes one target from its seeds, with an empty corpus of its own, and
# writes DIR/log/TARGET. A find is kept in DIR/finds as TARGET-crash-…, -leak-, -oom-, -timeout-;
# the command that runs it again is printed. A long run by hand: the corpus it grew stays in
# DIR/corpus/TARGET, and is gone on from where KEEP=1 is set.
dir=$1 target=$2 seconds=$3
mkdir -p "$dir/log" "$dir/finds" "$dir/corpus/$target"
[ -n "$KEEP" ] || rm -rf "$dir/corpus/$target"/*
rm -f "$dir/finds/$target-"*
case $target in parse|check|script|lines) words="-dict=$dir/words" ;; *) words="" ;; esac
"$dir/fuzz" "$target" $words -max_total_time="$seconds" -timeout=240 -report_slow_units=240 \
  -rss_limit_mb=1024 -malloc_limit_mb=128 -print_final_stats=1 \
  -artifact_prefix="$dir/finds/$target-" "$dir/corpus/$target" "$dir/seeds/$target/" > \
    "$dir/log/$target" 2>&1
status=$?
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$dir/log/$target")
edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$dir/log/$target" | tail -1)
echo "fuzz $target: ${runs:-0} runs, ${edges:-0} edges reached"
find=$(ls "$dir/finds/$target-"* 2>/dev/null | head -1)
[ $status = 0 ] && [ -z "$find" ] && exit 0
grep -aE '^(fuzz |.*ERROR: |.*runtime error: |SUMMARY)' "$dir/log/$target" | head -5
echo "fuzz $target: status $status; $dir/fuzz $target $find"
exit 0
