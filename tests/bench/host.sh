#!/bin/bash
# host.sh GD [RUNS] — starting up, and loops of plain numbers, beside Debian's lua5.4.
#
# Prints medians in milliseconds, and the ratio.  The measures the project holds itself to:
# `print(1)` under 5 ms, and a loop of 10^7 additions and fib(27) within twice the time of Lua in
# the same run.  The two take turns, as machines drift.
gd=$(realpath "$1"); runs=${2:-7}
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cat > "$folder/loop.gd" <<'GD'
let s = 0
for i in 1..10000000 { s += i }
print(s)
GD
cat > "$folder/loop.lua" <<'LUA'
local s = 0.0
for i = 1, 10000000 do s = s + i end
print(s)
LUA
cat > "$folder/fib.gd" <<'GD'
fn fib(n) = if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
print(fib(27))
GD
cat > "$folder/fib.lua" <<'LUA'
local function fib(n) if n < 2 then return n else return fib(n - 1) + fib(n - 2) end end
print(fib(27))
LUA

# milliseconds COMMAND... — how long it takes; bash's clock, as starting `date` would cost as much
# as what is measured
milliseconds() {
  local from=${EPOCHREALTIME/[.,]/}
  "$@" >/dev/null 2>&1 || { echo "failed: $*" >&2; exit 1; }
  local us=$((${EPOCHREALTIME/[.,]/} - from))
  printf '%d.%03d\n' $((us / 1000)) $((us % 1000))
}
median() { sort -n "$1" | awk '{ v[NR] = $1 } END {
  print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

for i in $(seq 20); do milliseconds "$gd" -e 'print(1)' >> "$folder/start"; done
start=$(median "$folder/start")
echo "start: $start ms (at most 5)"
worst=$(awk -v x="$start" 'BEGIN { print x < 5 ? 0 : 1 }')

if ! command -v lua5.4 >/dev/null; then echo "lua5.4 is not installed: nothing to compare with"
  exit "$worst"; fi
for what in loop fib; do
  for i in $(seq "$runs"); do
    milliseconds "$gd" "$folder/$what.gd" >> "$folder/$what.gd.ms"
    milliseconds lua5.4 "$folder/$what.lua" >> "$folder/$what.lua.ms"
  done
  own=$(median "$folder/$what.gd.ms"); lua=$(median "$folder/$what.lua.ms")
  awk -v what=$what -v own="$own" -v lua="$lua" 'BEGIN {
    printf "%s: gd %.1f ms, lua %.1f ms, ratio %.2f (at most 2)\n", what, own, lua, own / lua;
      exit own / lua <= 2 ? 0 : 1 }' || worst=1
done
exit $worst
