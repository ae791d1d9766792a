#!/bin/bash
# trace.sh GD [ROUNDS] — what a traced node costs: host loops that trace a step each time, beside
# the same plans run by `train`.
#
# Prints microseconds a step, those of the plan alone, the nodes that a step records, and
# nanoseconds a node; medians over the rounds (5).  The project holds itself to 100 nanoseconds a
# node.  With OLD=another-gd the two take turns, and the ratio stands behind.
here=$(realpath "$(dirname "$0")"); gd=$(realpath "$1"); rounds=${2:-5}
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
"$gd" --threads 1 --dump=grad "$here/trace.gd" once | awk '/^# graph of/ {
  print "nodes", name, $(NF - 2); next } /^# / { name = $2 }' > "$folder/all"
for round in $(seq "$rounds"); do
  [ "$OLD" ] && { "$OLD" --threads 1 "$here/trace.gd" | sed 's/^/old /' >> "$folder/all" ||
    exit 1; }
  "$gd" --threads 1 "$here/trace.gd" | sed 's/^/new /' >> "$folder/all" || exit 1
done
awk '
  $1 == "nodes" { nodes[$2] = $3; names[++count] = $2; next }
  { values[$1, $2] = values[$1, $2] " " $3 }
  function median(text,  v, n, i, k, t) {
    n = split(text, v, " ")
    for (i = 2; i <= n; i++) for (k = i; k > 1 && v[k - 1] + 0 > v[k] + 0; k--) { t = v[k]
      v[k] = v[k - 1]; v[k - 1] = t }
    return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
  }
  function cost(who, name) {
    return 1000 * (median(values[who, name]) - median(values[who, name "_plan"])) / nodes[name] }
  END {
    for (i = 1; i <= count; i++) {
      name = names[i]; ns = cost("new", name); worst = ns > worst ? ns : worst
      printf "%-6s %8.2f us a step, its plan %6.2f, %4d nodes: %6.1f ns a node", name, \
        median(values["new", name]), median(values["new", name "_plan"]), nodes[name], ns
      if (("old", name) in values) printf "; before %8.2f us, %6.1f ns: %.2f times", \
        median(values["old", name]), cost("old", name), median(values["old", name]) / \
          median(values["new", name])
      print ""
    }
    exit worst <= 100 ? 0 : 1
  }' "$folder/all"
