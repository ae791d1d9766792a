# mentions.awk — the files that are mentioned in comments of C, and in any line of others (.md, .sh,
# .awk).
#
#   awk -f tests/tools/mentions.awk FILE…    a line `FILE:LINE NAME` each
FNR == 1 { inside = 0; plain = FILENAME ~ /\.(md|sh|awk)$/ }
{
  text = plain ? $0 : ""
  rest = $0
  while (!plain && rest != "") {
    if (!inside) {
      at = index(rest, "/*")
      if (!at) break
      rest = substr(rest, at + 2); inside = 1
    }
    end = index(rest, "*/")
    text = text " " (end ? substr(rest, 1, end - 1) : rest)
    rest = end ? substr(rest, end + 2) : ""
    inside = !end
  }
  while (match(text, /[A-Za-z0-9_\/]*[a-z0-9_]+\.(c|h|re|def|inc|awk|sh)($|[^A-Za-z0-9_(])/)) {
    word = substr(text, RSTART, RLENGTH)
    sub(/[^a-z]$/, "", word)
    variable = RSTART > 1 && substr(text, RSTART - 1, 1) ~ /[$}%]/ # "$folder/empty.c"
    if (!variable) print FILENAME ":" FNR " " word
    text = substr(text, RSTART + RLENGTH)
  }
}
