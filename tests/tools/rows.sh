#!/bin/sh
# rows.sh GD TOOLS FOLDER — makes and runs the scripts of every row of the table, of every example
# of the manual (the tables, the `##` comments, the guide), and of the blocks of stdlib/README.md.
set -e
gd=$1; tools=$2; folder=$3
rm -rf "$folder"; mkdir -p "$folder/rows" "$folder/docs"
"$tools/rows" scripts "$folder/rows"
"$gd" doc --examples "$folder/docs"
LC_ALL=C awk -v out="$folder/docs" '
  /^```gd$/ { path = sprintf("%s/recipe_%d.gd", out, ++count); next }
  /^```$/ { path = ""; next }
  path { print > path }
' stdlib/README.md
"$tools/golden" "$gd" "$folder/rows" "$folder/docs"
