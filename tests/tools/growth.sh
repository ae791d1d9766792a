#!/bin/sh
# growth.sh GD — GD was built to count its work (MODE=counted).  Whole programs of growth.gd at
# growing sizes: ten times the size may take at most twelve times the work, from 100 to 1,000, and
# three times the size 3.6 times, to 3,000; reads of parts, rows of a scan, places assigned, and the
# outputs or inputs of a jacobian from 64 to 256 to 1,024 at most 4.4 times each. Steps that read
# four rows of a table do not grow with it. The check of a script of derivatives grows as a program
# does.
gd=$(realpath "$1"); here=$(realpath "$(dirname "$0")")
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

grows checked 100 1000 120
for case in layers params constants; do grows $case 100 1000 120; grows $case 1000 3000 36; done
for case in rows windows elements gathered scanned assigned outputs inputs
  do grows $case 64 256 44; grows $case 256 1024 44; done
grows tabled 100 1000 20   # steps that updated whole tables would take nearly ten times the work
echo "growth: $count comparisons of work, $bad too steep"
[ $bad = 0 ]
