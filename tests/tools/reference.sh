#!/bin/sh
# reference.sh TOOLS FOLDER — writes the reference pages: FOLDER/operations.md and
# FOLDER/library.md. They are made from the table and the `##` comments alone and are not kept in
# git, so they cannot be stale.
set -e
tools=$1; folder=$2
mkdir -p "$folder"
"$tools/rows" reference > "$folder/operations.md"
{
  printf '# Standard library\n\nMade from the doc comments of stdlib/.\n'
  LC_ALL=C awk -v reference=1 -f tests/tools/docs.awk stdlib/*.gd
} > "$folder/library.md"
grep -c '^### ' "$folder/operations.md" "$folder/library.md"
