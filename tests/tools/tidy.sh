#!/bin/sh
# tidy.sh — what can be seen of a tidy tree without running it: the direction of includes and calls,
# essays, pages, documentation.  Run from the top: tidy.sh FOLDER-OF-OBJECTS/ OBJECT…  Every finding
# is a line `FILE: what`; there must be none.
objects=$1; shift
found=$(mktemp); arrows=$(mktemp); trap 'rm -f "$found" "$arrows"' EXIT
say() { echo "$*" >> "$found"; }

# ---- includes: text to tree to graph to plan to numbers, never back ----
# direction FOLDER ALLOWED... — the folders of the project that files in FOLDER may include
direction() {
  folder=$1; shift
  for file in $(find "$folder" -maxdepth 1 -name '*.[chy]' -o -maxdepth 1 -name '*.re' -o \
    -maxdepth 1 -name '*.inc'); do
    grep -ho '^#include "[^"]*"' "$file" | cut -d'"' -f2 | while read -r included; do
      ok=""
      for allowed in "$folder" "$@"; do
        case "$included" in "$allowed"|"$allowed"/*) ok=1 ;; esac
      done
      [ -n "$ok" ] || say "$file: includes $included, which is not in the direction of $folder"
    done
  done
}
direction runtime/base
direction runtime/tensor runtime/base
direction runtime/graph runtime/tensor runtime/base runtime/ops.def runtime/opcodes.h
# A kernel is given a node's op and attributes, so graph.h is its vocabulary (kernels/kernel.h).
table="runtime/ops.def runtime/opcodes.h"
direction runtime/kernels runtime/graph/graph.h runtime/tensor runtime/base $table
direction runtime/plan runtime/graph runtime/kernels runtime/tensor runtime/base $table
direction runtime/picture runtime/base
direction runtime/peers runtime/base
direction runtime/io runtime/tensor runtime/base
# The rooms of lang/, from the ground up: each may include those below it.
tables="runtime/io/csv.h runtime/io/csv_convert.h runtime/io/csv_stream.h"
below="runtime/compute.h runtime/files.h runtime/pictures.h runtime/peers"
below="$below $tables runtime/opcodes.h parser.h"
for room in text syntax machine names tensors values eval data models gradients optimizers step \
  run health train library tool; do
  case $room in tool) below="$below lang/lang.h" ;; esac
  direction "lang/$room" $below
  below="$below lang/$room"
done
direction lang $below

# ---- calls: the same direction by symbols, no circles of objects (rooms.txt has the limits) ----
nm -A -g -P "$@" |
  awk -f tests/tools/arrows.awk -v objects="$objects" tests/tools/rooms.txt - > "$arrows" ||
  grep -v '^arrows: .* objects, ' "$arrows" >> "$found"
grep '^arrows: .* objects, ' "$arrows"

# ---- rebuilds: how many objects a change of a file compiles again, by the compiler's lists ----
# rebuilds FILE MOST
rebuilds() {
  count=$(printf '%s\n' "$all" | sed 's/\.o$/.d/' | xargs grep -lE "(^| )$1( |\$)" | wc -l)
  echo "rebuilds: $1: $count objects, $2 at most"
  [ "$count" -gt 0 ] || say "$1: no object is known to depend on it"
  [ "$count" -le "$2" ] || say "$1: a change compiles $count objects again; $2 at most"
}
all=$(printf '%s\n' "$@")
rebuilds runtime/ops.def 40
rebuilds runtime/io/csv.h 15
rebuilds lang/machine/value.h 25

# ---- headers: x.h declares what x.c defines, and nothing that nobody uses ----
nm -A -g -P "$@" |
  awk -f tests/tools/headers.awk -v objects="$objects" - $(git ls-files 'lang/*.h') >> "$found"
sources=$(git ls-files 'lang/*.[chy]' 'lang/*.re' 'lang/*.def' 'runtime/*.[ch]' 'runtime/*.def' \
  'runtime/*.inc' 'tests/*.[ch]')
awk -f tests/tools/unused.awk $sources >> "$found"

# ---- columns: characters, not bytes; tables that clang-format leaves alone aside ----
git ls-files '*.[chy]' '*.inc' '*.re' '*.sh' '*.awk' | LC_ALL=C xargs awk '
  FNR == 1 || /clang-format on/ { table = 0 }
  /clang-format off/ { table = 1 }
  { line = $0; gsub(/[\200-\277]/, "", line) }
  !table && length(line) > 100 {
    print FILENAME ":" FNR ": " length(line) " columns; 100 is the most" }' >> "$found"

# ---- a file that is mentioned is there ----
# Those that are generated, re2c's own, and names that stand for any.
git ls-files | sed 's|.*/||' | sort -u > "$arrows"
awk -f tests/tools/mentions.awk $sources $(git ls-files '*.md' 'tests/*.sh' 'tests/*.awk') |
  while read -r where name; do
    case $name in
      build/gen/*|parser.h|unicode_categories.re) continue ;;
      x.h|x.c|x.re|x.y)
        case $where in tests/tools/headers.awk:*|tests/tools/tidy.sh:*) continue ;; esac ;;
      */*) git ls-files --error-unmatch "*$name" > /dev/null 2>&1 ||
        say "$where: mentions $name, which is not there"; continue ;;
    esac
    grep -qx "$name" "$arrows" || say "$where: mentions $name, which is not there"
  done

# ---- essays and sizes ----
for file in $(git ls-files 'lang/*.c' 'lang/*.h' 'lang/*.re' 'lang/*.y' 'runtime/*.c' \
  'runtime/*.h' 'tests/*.c' 'tests/*.h'); do
  [ -e "$file" ] || continue
  head -n 3 "$file" | grep -q "$(basename "$file") — " ||
    say "$file: does not open with an essay (/* $(basename "$file") — ...)"
  lines=$(wc -l < "$file")
  [ "$lines" -le 900 ] || say "$file: $lines lines; 900 is the most"
done
for folder in lang lang/text lang/syntax lang/machine lang/names lang/tensors lang/values \
  lang/eval lang/data lang/models lang/gradients lang/optimizers lang/step lang/run lang/health \
  lang/train lang/library lang/tool runtime runtime/base runtime/tensor runtime/graph \
    runtime/plan runtime/kernels runtime/io stdlib examples tests; do
  if [ ! -e "$folder/README.md" ]; then say "$folder: has no README.md"
  elif [ "$(wc -l < "$folder/README.md")" -gt 150 ]
  then say "$folder/README.md: more than 150 lines"
  fi
done

# ---- what cites the language page or the page of faults cites what is there ----
git grep -nIE '(LANGUAGE|FAULTS)\.md' -- ':!lang/LANGUAGE.md' ':!tests/FAULTS.md' \
  ':!tests/tools/tidy.sh' | while IFS= read -r line; do
  echo "$line" | grep -oE 'LANGUAGE\.md[,)]? \(?sections? [0-9]+' | grep -oE '[0-9]+$' |
    while read -r section; do
    grep -q "^## $section\. " lang/LANGUAGE.md || say "$line: LANGUAGE.md has no section $section"
  done
  echo "$line" | grep -oE 'FAULTS\.md,? \(?[A-Z][0-9]+' | grep -oE '[A-Z][0-9]+$' |
    while read -r row; do
    grep -qE "^\| $row[a-z]? \|" tests/FAULTS.md || say "$line: FAULTS.md has no row $row"
  done
  echo "$line" | grep -oE 'FAULTS\.md,? \(?[A-Z]([^A-Za-z0-9]|$)' | grep -oE '[A-Z]' | tail -1 |
    while read -r table; do
    grep -qE "^\| ${table}[0-9]+" tests/FAULTS.md || say "$line: FAULTS.md has no rows $table"
  done
done

# ---- the top level is fixed; nothing generated is in git; no path of one machine ----
for entry in $(git ls-files | cut -d/ -f1 | sort -u); do
  case $entry in .*|lang|runtime|stdlib|examples|tests|Makefile|README.md|LICENSE) ;; *) say \
    "$entry: does not belong at the top level" ;; esac
done
git ls-files | grep -E '(^build/|\.o$|\.d$|/parser\.c$|/lexer\.c$)' | while read -r file
do say "$file: is generated, and in git"; done
git grep -nIE '/(home|root|work)/[a-z]' -- ':!tests/tools/tidy.sh' | while read -r line
do say "$line: a path of one machine"; done

# ---- every name of the library has documentation, and is written so that index.awk finds it ----
LC_ALL=C awk '
  FNR == 1 { documented = 0;
    if ($0 !~ /^# /) print FILENAME ": does not open with a comment that says what it holds" }
  /^##/ { documented = 1; next }
  /^(fn|model|loss|optimizer|let) +[A-Za-z]/ && !documented {
    print FILENAME ":" FNR ": " $2 " has no ## comment" }
  { documented = 0 }
' stdlib/*.gd >> "$found"
for example in examples/*.gd examples/models/*.gd; do
  grep -q '^# Shows: ' "$example" || say "$example: does not say what it shows"
  grep -q '^# Outcome: ' "$example" || say "$example: does not state its outcome"
  grep -q '^ *assert(' "$example" || say "$example: does not check its outcome"
  case $example in examples/models/*) most=80 ;; *) most=45 ;; esac
  [ "$(wc -l < "$example")" -le $most ] || say "$example: more than $most lines"
  LC_ALL=C awk '{ gsub(/[\200-\277]/, "") } length > 100 { long = 1 } END {
    exit !long }' "$example" && say "$example: more than 100 columns"
done

if [ -s "$found" ]; then cat "$found"; echo "tidy: $(wc -l < "$found") findings"; exit 1; fi
echo "tidy: nothing found"
