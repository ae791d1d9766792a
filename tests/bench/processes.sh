#!/bin/bash
# processes.sh GD [ROUNDS] [SHARE] — what `shards:` costs on one process, and what a second one
# gives, one thread each; torch's DistributedDataParallel with gloo beside it, where it is.
#
# The programs take turns, ROUNDS times (5); a ratio is the median over the rounds of two of the
# same round.  SHARE 0.2 makes a fifth of the steps.  Clock times want a quiet machine of two cores.
# `processor` is the user and system time of all processes, a step, their start with it: where that
# of two processes is that of one, nothing but waiting keeps them from twice the speed.
here=$(realpath "$(dirname "$0")") gd=$(realpath "$1") rounds=${2:-5} share=${3:-1}
python=${PYTHON:-/usr/bin/python3}
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 TIMEFORMAT='%U %S'
torch=$("$python" -c 'import torch.distributed as d
print(d.is_gloo_available() or "")' 2> /dev/null)

# measure MODEL STEPS WAY COMMAND… — appends `round model way microseconds processor`
measure() {
  local model=$1 steps=$2 way=$3 clock spent
  shift 3
  spent=$( { time "$@" > "$folder/out" 2> "$folder/err"; } 2>&1 )
  clock=$(tail -1 "$folder/out")
  [ -n "$clock" ] || { echo "$way of $model: $(tail -3 "$folder/err")" >&2; return; }
  echo "$round $model $way $clock $(echo "$spent" | awk -v n=$((3 * steps + 2)) \
    '{ print 1e6 * ($1 + $2) / n }')" >> "$folder/all"
}

for round in $(seq "$rounds"); do
  for row in gpt:40 res8:4 lenet:60 lstm:40; do
    model=${row%:*}
    steps=$(awk -v n="${row#*:}" -v s="$share" 'BEGIN { n = int(n * s); print n < 1 ? 1 : n }')
    own() { # WAY PARTS OPTION…
      local way=$1 parts=$2
      shift 2
      measure $model $steps $way "$gd" --threads 1 "$@" "$here/processes.gd" $model $parts $steps
    }
    own plain 0
    own parts 8
    own two 8 --workers 2
    case $model in gpt | res8) ;; *) continue ;; esac
    [ "$torch" ] || continue
    measure $model $steps torch "$python" "$here/peers/processes_torch.py" $model 1 $steps
    measure $model $steps ddp "$python" "$here/peers/processes_torch.py" $model 2 $steps
  done
done

awk '
  function median(list, n,   i, k, swap) {
    for (i = 1; i < n; i++)
      for (k = i; k > 0 && list[k - 1] > list[k]; k--) {
        swap = list[k]; list[k] = list[k - 1]; list[k - 1] = swap
      }
    return n ? list[int(n / 2)] : 0
  }
  function middle(table, model, way,   n, list) {
    split("", list)
    for (r = 1; r <= rounds; r++) if ((r, model, way) in table) list[n++] = table[r, model, way]
    return median(list, n + 0)
  }
  function ratio(model, over, under,   n, list) {
    split("", list)
    for (r = 1; r <= rounds; r++)
      if ((r, model, over) in clock && (r, model, under) in clock)
        list[n++] = clock[r, model, over] / clock[r, model, under]
    return n ? sprintf("%.2f", median(list, n)) : "-"
  }
  { clock[$1, $2, $3] = $4; spent[$1, $2, $3] = $5; if ($1 > rounds) rounds = $1; models[$2] = 1 }
  END {
    split("gpt res8 lenet lstm", order); split("plain parts two torch ddp", ways)
    printf "%-6s %-6s %12s %12s\n", "model", "way", "clock us", "processor us"
    for (m = 1; m <= 4; m++) for (w = 1; w <= 5; w++)
      if (middle(clock, order[m], ways[w]))
        printf "%-6s %-6s %12.0f %12.0f\n", order[m], ways[w], middle(clock, order[m], ways[w]),
               middle(spent, order[m], ways[w])
    print ""
    for (m = 1; m <= 4; m++)
      printf "%-6s shards: 8 costs %s, two processes are %s times one; torch %s, ddp over gd %s\n",
             order[m], ratio(order[m], "parts", "plain"), ratio(order[m], "plain", "two"),
             ratio(order[m], "torch", "ddp"), ratio(order[m], "ddp", "two")
  }' "$folder/all"
