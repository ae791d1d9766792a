#!/bin/sh
# corpus.sh DIR EXAMPLE... — what each target begins with, in DIR/seeds/TARGET, and a dictionary of
# the language, DIR/words. Scripts are those of tests/scripts and the examples; files are made by
# `fuzz --seeds`.
set -e
dir=$1; shift
rm -rf "$dir/seeds"
mkdir -p "$dir/seeds/script"
seed() { cp "$2" "$dir/seeds/$1/$(echo "$2" | tr / -)"; }
mkdir -p "$dir/seeds/parse"
for script in $(find tests/scripts -name '*.gd' -size -4k); do
  seed script "$script"
  seed parse "$script"
done
for example in "$@"; do seed parse "$example"; done # to run them takes long under sanitizers
ln -s parse "$dir/seeds/check"
ln -s script "$dir/seeds/lines"
"$dir/fuzz" --seeds "$dir/seeds"

# Tokens as they are spelled, clauses of train, and every standard name.
{
  sed -n 's/^\(TOKEN\|KEYWORD\)([A-Z]*, "\([^" ]*\)".*/\2/p' lang/syntax/token.def
  sed -n 's/^[A-Z]*(\([a-z_]*\), FOR_.*/\1:/p' lang/names/clauses.def
  sed -n 's/^NATIVE("\([a-z_0-9]*\)".*/\1(/p' lang/library/builtin.def
  sed -n 's/^[A-Z]*([A-Z_0-9]*, "\([a-z_0-9]*\)(.*/\1(/p' runtime/ops.def
  sed -n 's/^\(fn\|model\|loss\|optimizer\) *\([A-Za-z_0-9]*\)(.*/\2(/p' stdlib/*.gd
} | sort -u | sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/"&"/' > "$dir/words"
