# table.awk — from `round peer row value` lines and bars.txt to one table of ratios.
function median(list, n, v, i, j, t) {
  n = split(list, v, " ")
  for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j] + 0 < v[j - 1] + 0; j--) { t = v[j];
    v[j] = v[j - 1]; v[j - 1] = t }
  return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
FNR == NR { value[$1, $2, $3] = $4; rounds[$1]; names[$2]; seen[$3]; next }
/^#/ || !NF || !($1 in seen) { next }
!headed++ { printf "%-13s %-12s %9s %9s %9s   %s\n", "row", "against", "ratio", "bar", "reached",
  "which" }
{
  best = ""
  for (name in names) {
    base = name; sub(/\+.*/, "", base)
    if (index("," $2 ",", "," base ",") == 0) continue
    list = ""
    for (r in rounds) if (((r, name, $1) in value) &&
      ((r, "gd", $1) in value)) list = list " " value[r, name, $1] / value[r, "gd", $1]
    if (list == "") continue
    ratio = median(list)
    if (best == "" || ratio < best) { best = ratio; which = name }
  }
  if (best == "") { printf "%-13s %-12s %9s %9s\n", $1, $2, "absent", $3; next }
  reached = $3 == "-" ? "" : best >= $3 ? "yes" : sprintf("%.0f %%", 100 * best / $3)
  printf "%-13s %-12s %9.3g %9s %9s   %s\n", $1, $2, best, $3, reached, which
}
