#!/bin/sh
# isa.sh GD GOLDEN EXAMPLE... — runs gd on every instruction set that this processor has: the
# workloads and the examples print and save the same bytes on each, and the golden scripts pass on
# each.  SETS="avx2 avx512" takes these alone; V=1 says what it is at; GOLDEN may be `none`.
# LESSER=1 leaves the golden scripts out on the best set, the one that `make golden` runs on.
gd=$(realpath "$1"); golden=$2; shift 2
[ "$golden" = none ] || golden=$(realpath "$golden")
here=$(realpath "$(dirname "$0")"); scripts=$(realpath "$here/../scripts")
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
mkdir "$folder/scratch" # where examples run: what else they leave there has times in it
files=0; differ=0; sets=; first=

at() { if [ "$V" ]; then echo "isa: $*"; fi; }

# all_of SET — whatever it prints and saves, in a folder of its name
all_of() {
  export GD_ISA="$1"; mkdir "$folder/$1"; at "$1: workloads"
  "$gd" --threads 2 "$here/workloads.gd" "$folder/$1" </dev/null || {
    echo "isa: the workloads failed on $1"; exit 1; }
  shift
  for example in "$@"; do
    name=$(basename "$example" .gd); at "$GD_ISA: $name"
    example=$(realpath "$example")
    (cd "$folder/scratch" &&
      exec "$gd" --threads 2 "$example" "$folder/$GD_ISA/$name.safetensors") \
        >"$folder/$GD_ISA/$name.out" 2>/dev/null </dev/null || {
          echo "isa: $name failed on $GD_ISA"; exit 1; }
  done
}

best=
for set in baseline avx2 avx512; do
  GD_ISA=$set "$gd" -e 'print(1)' >/dev/null 2>&1 && best=$set
done
for set in ${SETS:-baseline avx2 avx512}; do
  if ! GD_ISA=$set "$gd" -e 'print(1)' >/dev/null 2>"$folder/why"; then
    grep -q 'has no' "$folder/why" || { cat "$folder/why"; exit 1; }
    echo "isa: this processor has no $set, which is left out"
    continue
  fi
  all_of $set "$@"; sets="$sets $set"
  [ "$first" ] || first=$set # it is what the others are compared with
  for file in "$folder/$first"/*; do
    [ $set = $first ] && break
    files=$((files + 1))
    cmp -s "$file" "$folder/$set/$(basename "$file")" || { differ=$((differ + 1))
      echo "FAIL $(basename "$file") has other bytes on $set"; }
  done
  [ "$golden" = none ] && continue
  [ "$LESSER" ] && [ $set = $best ] && continue
  at "$set: golden scripts; $files files compared until now, $differ differ"
  "$golden" "$gd" "$scripts" >"$folder/golden" || { grep -v '^ok' "$folder/golden"
    echo "isa: golden scripts failed on $set"; exit 1; }
done
told="the golden scripts pass on each"
[ "$LESSER" ] && told="the golden scripts pass on each but $best"
[ "$golden" = none ] && told="golden scripts not run"
echo "isa:$sets: $files files compared, $differ differ; $told"
[ $differ = 0 ] && { [ $files -gt 0 ] || [ "$sets" = " baseline" ]; }
