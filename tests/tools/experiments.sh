#!/bin/sh
# experiments.sh GD EXAMPLES-FOLDER — tries the changes that examples/README.md proposes.
#
# Under a line **NAME.gd** each line  - `old` → `new`: sentence. `words`  is tried: every `old` in
# the example becomes `new` (which may be empty), and the words must be printed.  They are in double
# backquotes where they have one in them.
gd=$(realpath "$1"); examples=$(realpath "$2")
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
passed=0; failed=0

LC_ALL=C awk -v folder="$folder" -v examples="$examples" '
  /^\*\*.*\.gd\*\*/ { name = substr($0, 3, index($0, ".gd**") - 3) }
  /^- `.*` → / && name {
    count++
    line = substr($0, 4)
    at = index(line, "` → `")
    old = substr(line, 1, at - 1)
    line = substr(line, at + length("` → `"))
    at = index(line, "`: ")
    new = substr(line, 1, at - 1)
    mark = line ~ /``$/ ? "``" : "`"
    line = substr(line, at + 3, length(line) - at - 2 - length(mark))
    while ((at = index(line, mark)) > 0) line = substr(line, at + length(mark))
    text = ""; found = 0
    while ((getline row < (examples "/" name ".gd")) > 0) {
      for (done = ""; (at = index(row, old)) > 0; found++) {
        done = done substr(row, 1, at - 1) new
        row = substr(row, at + length(old))
      }
      text = text done row "\n"
    }
    close(examples "/" name ".gd")
    printf "%s", text > (folder "/" count ".gd")
    close(folder "/" count ".gd")
    printf "%d\t%s\t%d\t%s\t%s\n", count, name, found, old, line
  }
' "$examples/README.md" >"$folder/list"

cp "$examples"/*.csv "$folder"
while IFS="$(printf '\t')" read -r number name found old words; do
  why=""
  if [ "$found" = 0 ]; then why="the example has no such text"
  elif [ -z "$words" ]; then why="the line ends without words to look for"
  else
    (cd "$folder" && timeout 900 "$gd" "$number.gd" "model.safetensors" </dev/null >out 2>&1)
    grep -qF -- "$words" "$folder/out" ||
      why="\"$words\" is not printed, but $(
        grep -v '^epoch' "$folder/out" | tail -n 2 | tr '\n' ' ')"
  fi
  if [ -z "$why" ]; then passed=$((passed + 1)); else failed=$((failed + 1))
    echo "FAIL $name.gd  $old  $why"; fi
done <"$folder/list"
echo "experiments: $passed passed, $failed failed"
[ $failed = 0 ] && [ $passed -gt 0 ]
