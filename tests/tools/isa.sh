#!/bin/sh
# isa.sh GD GOLDEN EXAMPLE... — runs gd on every instruction set that this processor has: the workloads and the examples print and save the
# same bytes on each, and the golden scripts pass on each.
gd=$(realpath "$1"); golden=$(realpath "$2"); shift 2
here=$(realpath "$(dirname "$0")"); scripts=$(realpath "$here/../scripts")
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
mkdir "$folder/scratch"   # where examples run: what they leave there beside their model has times in it
files=0; differ=0; sets=

# all_of SET — whatever it prints and saves, in a folder of its name
all_of() {
  export GD_ISA="$1"; mkdir "$folder/$1"
  "$gd" --threads 2 "$here/workloads.gd" "$folder/$1" </dev/null || { echo "isa: the workloads failed on $1"; exit 1; }
  shift
  for example in "$@"; do
    name=$(basename "$example" .gd)
    example=$(realpath "$example")
    (cd "$folder/scratch" && exec "$gd" --threads 2 "$example" "$folder/$GD_ISA/$name.safetensors") >"$folder/$GD_ISA/$name.out" 2>/dev/null </dev/null || { echo "isa: $name failed on $GD_ISA"; exit 1; }
  done
}

for set in baseline avx2 avx512; do
  if ! GD_ISA=$set "$gd" -e 'print(1)' >/dev/null 2>"$folder/why"; then
    grep -q 'has no' "$folder/why" || { cat "$folder/why"; exit 1; }
    echo "isa: this processor has no $set, which is left out"
    continue
  fi
  all_of $set "$@"; sets="$sets $set"
  "$golden" "$gd" "$scripts" >"$folder/golden" || { grep -v '^ok' "$folder/golden"; echo "isa: golden scripts failed on $set"; exit 1; }
  [ $set = baseline ] && continue # it is what the others are compared with
  for file in "$folder"/baseline/*; do
    files=$((files + 1))
    cmp -s "$file" "$folder/$set/$(basename "$file")" || { differ=$((differ + 1)); echo "FAIL $(basename "$file") has other bytes on $set"; }
  done
done
echo "isa:$sets: $files files compared, $differ differ; the golden scripts pass on each"
[ $differ = 0 ] && { [ $files -gt 0 ] || [ "$sets" = " baseline" ]; }
