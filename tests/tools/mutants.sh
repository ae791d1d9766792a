#!/bin/sh
# mutants.sh — breaks gradient rules of the table one at a time, in a copy of the tree, and demands
# that `make gradients` notices. Slow: gd is built again for each.  A mutant that survives means
# that the tests of the rows cannot fail.
set -e
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cp -r lang runtime stdlib examples tests Makefile "$folder"
cd "$folder"
survived=0

# mutant NAME FROM TO — replaces FROM by TO in the row NAME of ops.def (fixed text, first place) and
# runs the rows' tests
mutant() {
  cp runtime/ops.def ops.before
  LC_ALL=C awk -v name="($1," -v from="$2" -v to="$3" '
    index($0, name) && (index($0, "MAP(") == 1 || index($0, "OP(") == 1) { here = 1 }
    here && (at = index($0, from)) { $0 = substr($0, 1, at - 1) to substr($0, at + length(from));
      here = 0; changed = 1 }
    { print }
    END { if (!changed) exit 1 }
  ' ops.before > runtime/ops.def || { echo "mutant $1: no '$2' in the row"; exit 1; }
  make -s -j2 BUILD=build all build/tools/rows build/tools/golden >/dev/null 2>&1 || {
    echo "mutant $1 does not build"; exit 1; }
  if make -s BUILD=build gradients > log 2>&1; then
    echo "SURVIVED $1: $2 -> $3"; survived=1
  else
    echo "caught   $1: $2 -> $3 ($(grep -c '^FAIL' log) scripts failed)"
  fi
  cp ops.before runtime/ops.def
}

mutant TANH 'TANH_SLOPE(a, y)' 'ADD(NUM(1), SQUARE(y))'
mutant SQRT 'MUL(NUM(2), y)' 'y'
mutant LOG 'CHAIN_DIV(dy, a)' 'dy'
exit $survived
