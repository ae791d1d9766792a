#!/bin/sh
# layout.sh GD GENERATE COUNT — generated programs, made ugly, are laid out: each keeps its tree, a
# second time nothing changes, and standard input gives the same as the file.
gd=$(realpath "$1"); generate=$(realpath "$2"); count=$3
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
fail() { echo "FAIL layout: $*"; exit 1; }
mkdir "$folder/p"
i=0
while [ $i -lt "$count" ]; do
  "$generate" "$gd" --print --seed 7 --only $i > "$folder/program" || fail "program $i is not made"
  # indents gone, blanks at ends of lines, empty lines; strings keep theirs
  case $((i % 3)) in
    0) sed 's/^ *//; s/$/  /' "$folder/program" ;;
    1) sed '/""""*/!s/^ */\t/; 5G' "$folder/program" ;;
    2) awk -F '"' '{ for (f = 1; f <= NF; f += 2) gsub(/, /, ",", $f)
         OFS = "\""; $1 = $1; print }' "$folder/program" ;;
  esac > "$folder/p/$i.gd"
  i=$((i + 1))
done
"$gd" fmt --dump=ast "$folder/p" > "$folder/before" || fail "a program has an error"
[ "$(grep -c '^BLOCK' "$folder/before")" = "$count" ] || fail "not every tree is printed"
"$gd" fmt - < "$folder/p/0.gd" > "$folder/input"
"$gd" fmt "$folder/p" > "$folder/changed" || fail "gd fmt: status $?"
[ "$(wc -l < "$folder/changed")" -ge $((count * 9 / 10)) ] || fail "too few files changed"
cmp "$folder/input" "$folder/p/0.gd" || fail "standard input gives another text"
"$gd" fmt --dump=ast "$folder/p" | cmp - "$folder/before" || fail "a tree changed"
"$gd" fmt --check "$folder/p" > "$folder/again" ||
  fail "a second time changes $(cat "$folder/again")"
[ -z "$("$gd" fmt -d "$folder/p")" ] || fail "-d shows a difference"
echo "layout: $count programs keep their trees"
