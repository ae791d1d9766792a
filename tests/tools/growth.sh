#!/bin/sh
# growth.sh GD LSP — GD was built to count its work (MODE=counted).  Whole programs of growth.gd at
# growing sizes: layers, params, constants and levels of trees may take at most twelve times the
# work for ten times the size, from 100 to 1,000, and 3.6 times for three times, to 3,000; reads
# of parts, rows of a scan, places assigned, and the outputs or inputs of a jacobian at most 4.4
# times each from 64 to 256 to 1,024. What a scan of 4,096 steps holds above one of 1,024, in
# memory, is at most 4.4 times what that holds above one of 256, its first and second derivative
# alike. Steps that read four rows of a table do not grow with it. The check of a script of
# derivatives grows as a program does.  What `gd lsp` does for a request about the whole of a
# text grows as the text does, what it does for one about a place no more than that.
gd=$(realpath "$1"); lsp=$(realpath "$2"); here=$(realpath "$(dirname "$0")")
file=$(mktemp); trap 'rm -f "$file" "$file.gd"' EXIT
bad=0; count=0

work() { # CASE N
  if [ "$1" = checked ]; then
    echo "for i in 1..$2 { print(hvp(fn(w) = sum(w * w * w), [1, 2], [i, 0])) }" > "$file.gd"
    GD_WORK=$file "$gd" check "$file.gd" >/dev/null || { echo "growth: $1 $2 failed" >&2; exit 1; }
    cat "$file"
    return
  fi
  GD_WORK=$file "$gd" --threads 1 "$here/growth.gd" "$1" "$2" >/dev/null </dev/null || {
    echo "growth: $1 $2 failed" >&2; exit 1; }
  cat "$file"
}
grows() { # CASE FROM TO MOST: at most MOST tenths of the work
  few=$(work "$1" "$2") && many=$(work "$1" "$3") || exit 1
  count=$((count + 1))
  [ $((10 * many)) -le $(($4 * few)) ] && return
  bad=$((bad + 1)); echo "FAIL $1: $many steps at $3, $few at $2: more than $4 tenths"
}

peak() { # CASE N: the most memory it held, KiB, the least of three runs: pages come as they come
  for run in 1 2 3; do
    PEAK=1 "$gd" --threads 1 "$here/growth.gd" "$1" "$2" </dev/null |
      sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p'
  done | sort -n | head -1
}
holds() { # CASE
  few=$(peak "$1" 256) && some=$(peak "$1" 1024) && many=$(peak "$1" 4096) || exit 1
  count=$((count + 1))
  [ -n "$few" ] && [ $((10 * (many - some))) -le $((44 * (some - few))) ] && return
  bad=$((bad + 1)); echo "FAIL $1: $few KiB at 256, $some at 1024, $many at 4096"
}

grows checked 100 1000 120
for case in scanned scanned_twice; do holds $case; done
for case in layers params constants nested
  do grows $case 100 1000 120; grows $case 1000 3000 36; done
for case in rows windows elements gathered scanned scanned_twice assigned elementwise outputs inputs
  do grows $case 64 256 44; grows $case 256 1024 44; done
grows tabled 100 1000 20   # steps that updated whole tables would take nearly ten times the work
# the work of twenty more requests about a text of N lines
asked() { # METHOD N
  GD_WORK=$file "$lsp" "$gd" --work "$2" "$1" 1 && few=$(cat "$file") &&
    GD_WORK=$file "$lsp" "$gd" --work "$2" "$1" 21 || { echo "growth: $1 failed" >&2; exit 1; }
  echo $(($(cat "$file") - few))
}
answers() { # METHOD: for three times the lines at most 3.6 times the work
  few=$(asked "textDocument/$1" 200) && many=$(asked "textDocument/$1" 600) || exit 1
  count=$((count + 1))
  [ $((10 * many)) -le $((36 * few)) ] && return
  bad=$((bad + 1)); echo "FAIL $1: $many steps for 600 lines, $few for 200: more than 3.6 times"
}
for method in documentSymbol semanticTokens/full inlayHint foldingRange formatting codeLens \
  completion signatureHelp hover definition references documentHighlight rename
  do answers $method; done
echo "growth: $count comparisons of work, $bad too steep"
[ $bad = 0 ]
