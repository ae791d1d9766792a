# fill.awk — what editors need to know of the language: templates filled from its tables.
#
# Reads token.def (words), clauses.def, ops.def and builtin.def (standard functions), stdlib/*.gd
# (what it declares), then the templates of this folder, and writes each to the same path under OUT.
# `@LIST<TEXT>@` in a template stands for all words of a list with TEXT between them, `@version@`
# for gd's.  Lists: keywords, declarations (words only before a name), operators, constants,
# clauses, functions, classes.  A word that is added to a table is in all files
# (tests/tools/editors.sh looks).  Run with LC_ALL=C.

function first_quoted(line,   rest) {
  rest = substr(line, index(line, "\"") + 1)
  return substr(rest, 1, index(rest, "\"") - 1)
}

function add(list, word) {
  if (word !~ /^[A-Za-z][A-Za-z0-9_]*$/ || ((list, word) in has)) return
  has[list, word] = 1
  words[list, count[list]++] = word
}

function joined(list, between,   i, all) {
  if (!count[list]) { print FILENAME ": no list " list > "/dev/stderr"; exit 1 }
  for (i = 0; i < count[list]; i++) all = all (i ? between : "") words[list, i]
  return all
}

FILENAME ~ /token.def$/ && /^KEYWORD\(/ {
  word = first_quoted($0)
  if ($0 ~ /SOFT/) add("declarations", word)
  else if (word ~ /^(true|false|none)$/) add("constants", word)
  else if (word ~ /^(or|and|not|in)$/) add("operators", word)
  else add("keywords", word)
}
FILENAME ~ /token.def$/ && /^TOKEN\((ON|BY),/ { add("keywords", first_quoted($0)) }

FILENAME ~ /clauses.def$/ && /^(CLAUSE|COUNT|FLAG|TREE)\(/ {
  word = $0
  sub(/^[A-Z]+\(/, "", word)
  sub(/,.*/, "", word)
  add("clauses", word)
}

FILENAME ~ /(ops|builtin).def$/ && /^ *(MAP|OP|FORM|NATIVE)\(/ {
  word = first_quoted($0)
  sub(/\(.*/, "", word)
  add("functions", word)
}

FILENAME ~ /\.gd$/ && /^(fn|model|loss|optimizer|let) +[A-Za-z]/ {
  word = $2
  sub(/[^A-Za-z0-9_].*$/, "", word)
  add(word ~ /^[A-Z]/ ? "classes" : "functions", word)
}

index(FILENAME, FOLDER "/") == 1 {
  line = $0
  filled = ""
  while (match(line, /@([a-z]+<[^>]*>|version)@/)) {
    mark = substr(line, RSTART + 1, RLENGTH - 2)
    filled = filled substr(line, 1, RSTART - 1)
    line = substr(line, RSTART + RLENGTH)
    at = index(mark, "<")
    between = substr(mark, at + 1, length(mark) - at - 1)
    filled = filled (at ? joined(substr(mark, 1, at - 1), between) : VERSION)
  }
  print filled line > (OUT substr(FILENAME, length(FOLDER) + 1))
}
