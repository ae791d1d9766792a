#!/bin/sh
# exchanged.sh GD — for the thread sanitizer: two processes of two threads each, where a further one
# exchanges gradients while the backward pass makes the rest (lang/run/exchange.c).  The same file
# as one process, and not a word on standard error.
gd=$(realpath "$1") script=$(realpath tests/tools/processes.gd)
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; failed=0
cd "$folder" || exit 1
for model in lenet gpt; do
  for count in 1 2; do
    timeout 200 "$gd" --workers $count --threads 2 "$script" $model 12 $count.ckpt \
      $model$count.safetensors > said 2> complaints || failed=1
    [ ! -s complaints ] || failed=1
    [ $failed = 0 ] || { cat said complaints; exit 1; }
    rm -f $count.ckpt
  done
  cmp $model[12].safetensors || exit 1
done
echo "exchanged: the same, without a race"
