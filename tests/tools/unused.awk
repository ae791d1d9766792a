# unused.awk — constants of enums and macros in headers that nothing uses: their name stands nowhere
# else, and no macro puts it together.
#
#   awk -f tests/tools/unused.awk FILE…     every source there is; the headers are looked at
{
  line = $0
  while (match(line, /[A-Za-z_][A-Za-z_0-9]*(##)?/)) {
    word = substr(line, RSTART, RLENGTH)
    line = substr(line, RSTART + RLENGTH)
    if (word ~ /##$/) pasted[substr(word, 1, length(word) - 2)] = 1
    else seen[word]++
  }
}
function defined(name) { if (!(name in where)) { where[name] = FILENAME ":" FNR;
  names[++count] = name } }
FNR == 1 { in_enum = 0; comment = 0 }
FILENAME ~ /\.h$/ {
  line = $0
  if (match(line, /^#[ \t]*define[ \t]+[A-Za-z_0-9]+/)) {
    name = substr(line, RSTART, RLENGTH); sub(/.*[ \t]/, "", name)
    if (name !~ /^GD_.*_H$/) defined(name)
    next
  }
  if (line ~ /^[ \t]*#/) next
  gsub(/\/\*[^*]*\*\//, "", line)
  if (comment) { if (!sub(/.*\*\//, "", line)) next; comment = 0 }
  if (sub(/\/\*.*/, "", line)) comment = 1
  if (match(line, /(^|[^A-Za-z_])enum[^{;]*\{/)) { in_enum = 1;
    line = substr(line, RSTART + RLENGTH) }
  if (in_enum) {
    closes = sub(/\}.*/, "", line)
    gsub(/=[^,]*/, "", line)
    while (match(line, /[A-Z][A-Z_0-9]*/)) { defined(substr(line, RSTART, RLENGTH));
      line = substr(line, RSTART + RLENGTH) }
    if (closes) in_enum = 0
  }
}
END {
  for (i = 1; i <= count; i++) {
    name = names[i]
    if (seen[name] > 1) continue
    used = 0
    for (prefix in pasted) if (index(name, prefix) == 1 &&
      seen[substr(name, length(prefix) + 1)]) used = 1
    if (!used) print where[name] ": " name " is not used"
  }
}
