#!/bin/sh
# rows.sh GD TOOLS FOLDER — makes and runs the scripts of every row of the table and of every example in a `##` comment.
set -e
gd=$1; tools=$2; folder=$3
rm -rf "$folder"; mkdir -p "$folder/rows" "$folder/docs"
"$tools/rows" scripts "$folder/rows"
LC_ALL=C awk -v out="$folder/docs" -f tests/tools/docs.awk stdlib/*.gd
"$tools/golden" "$gd" "$folder/rows" "$folder/docs"
