#!/bin/sh
# run.sh DIR TARGET SECONDS — fuzzes one target from its seeds, with an empty corpus of its own, and
# writes DIR/log/TARGET. A find is kept in DIR/finds as TARGET-crash-…, -leak-, -oom-, -timeout-;
# the command that runs it again is printed, with the innermost frames and the input in base64, so
# that a find on another machine can be repeated. The corpus that a run has grown stays in
# DIR/corpus/TARGET; KEEP=1 starts from it.
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
grep -aE '^ +#[0-9]+ ' "$dir/log/$target" | head -12
[ -z "$find" ] || { head -c 4096 "$find" | base64; }
echo "fuzz $target: status $status; $dir/fuzz $target $find"
exit 0
