#!/bin/sh
# workloads.sh GD [OTHER] — trains the workloads of tests/bench (workloads.gd) on 1, 2 and 4
# threads, and compares every file they save, byte for byte. With OTHER, a gd that was built
# otherwise, its files are compared with those too.
gd=$(realpath "$1"); here=$(realpath "$(dirname "$0")"); other=${2:+$(realpath "$2")}
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
differ=0

# run NAME GD THREADS — into a folder of that name
run() {
  mkdir "$folder/$1"
  timeout 900 "$2" --threads "$3" "$here/workloads.gd" "$folder/$1" </dev/null || {
    echo "workloads: $1 failed"; exit 1; }
}
# compare NAME — with what was saved on one thread
compare() {
  for file in "$folder"/1/*; do
    cmp -s "$file" "$folder/$1/$(basename "$file")" || { differ=$((differ + 1))
      echo "FAIL $(basename "$file") has other bytes: $1"; }
  done
}

run 1 "$gd" 1
for threads in 2 4; do run "$threads" "$gd" $threads; compare $threads; done
if [ "$other" ]; then run other "$other" 2; compare other; fi
files=$(ls "$folder/1" | wc -l)
echo "workloads: $files files, on 1, 2 and 4 threads${other:+ and by the other build}," \
  "$differ differ"
[ $differ = 0 ] && [ -s "$folder/1/w8.npy" ]
