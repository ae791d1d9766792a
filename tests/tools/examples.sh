#!/bin/sh
# examples.sh GD EXAMPLE... — runs every example on 1, 2 and 4 threads, and compares what they print
# and save, byte for byte. They run in an empty folder: an example finds what lies beside it from
# anywhere. THREADS=2 runs on two threads alone: for those that take long. OPTIONS are given to each
# after the path. An example checks its own outcome with assert; given a path it saves its model
# there.  Its test blocks, if it has any, must pass.
gd=$(realpath "$1"); shift
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
mkdir "$folder/empty"
passed=0; failed=0
for example in "$@"; do
  name=$(basename "$example" .gd)
  example=$(realpath "$example")
  why=""
  for threads in ${THREADS:-1 2 4}; do
    if ! (cd "$folder/empty" &&
      exec timeout 1800 "$gd" --threads $threads "$example" \
        "$folder/$name.$threads.safetensors" $OPTIONS) \
        >"$folder/$name.$threads.out" 2>"$folder/$name.$threads.err" </dev/null; then
      why="on $threads threads: $(grep -m 3 . "$folder/$name.$threads.err" | tr '\n' ' ')"
      break
    fi
  done
  first=${THREADS:-1}
  if [ -z "$why" ]; then
    for threads in ${THREADS:-2 4}; do
      cmp -s "$folder/$name.$first.out" "$folder/$name.$threads.out" ||
        why="prints other things on $threads threads than on one"
      [ ! -e "$folder/$name.$first.safetensors" ] ||
        cmp -s "$folder/$name.$first.safetensors" "$folder/$name.$threads.safetensors" ||
          why="saves other bytes on $threads threads than on one"
    done
    [ -s "$folder/$name.$first.out" ] || why="prints nothing"
  fi
  if [ -z "$why" ] && grep -q '^test "' "$example"; then
    (cd "$folder/empty" && "$gd" test "$example" </dev/null >"$folder/tested" 2>&1) ||
      why="$(grep -m 2 . "$folder/tested" | tr '\n' ' ')"
  fi
  if [ -z "$why" ]; then
    passed=$((passed + 1));
      printf 'ok   %-18s %s\n' "$name" "$(tail -n 1 "$folder/$name.$first.out")"
  else
    failed=$((failed + 1)); printf 'FAIL %-18s %s\n' "$name" "$why"
  fi
done
echo "examples: $passed passed, $failed failed"
[ $failed = 0 ]
