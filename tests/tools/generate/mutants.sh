#!/bin/sh
# mutants.sh — breaks gradient rules one at a time, in a copy of the tree, and demands that generated programs find each and are shrunk.
# Slow: gd is built again for each.  Rules of different kinds: an elementwise derivative, a product's transpose, where a slice's gradient is put.
set -e
: "${CC:=gcc}"
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cp -r lang runtime stdlib tests Makefile "$folder"
cd "$folder"
wrong=0
CCACHE_NOHASHDIR=1; export CCACHE_NOHASHDIR # where CC is a ccache: the folder's name is no part of what is compiled

# mutant FILE FROM TO — replaces the first FROM by TO (fixed text) and runs 2,000 programs
mutant() {
  cp "$1" before
  LC_ALL=C awk -v from="$2" -v to="$3" '
    !changed && (at = index($0, from)) { $0 = substr($0, 1, at - 1) to substr($0, at + length(from)); changed = 1 }
    { print }
    END { if (!changed) exit 1 }
  ' before > "$1" || { echo "mutant: no '$2' in $1"; exit 1; }
  make -s -j2 CC="$CC" BUILD=build all build/tools/generate > log 2>&1 || { echo "mutant $2 does not build"; tail -n 5 log; exit 1; }
  if build/tools/generate build/release/gd --seed 1 --count 2000 --faults 1 > log 2>&1; then
    echo "SURVIVED $1: $2 -> $3"; wrong=1
  else
    lines=$(sed -n 's/^# \([0-9]*\) lines$/\1/p' log | sort -n | head -n 1)
    echo "found    $1: $2 -> $3, in ${lines:-no} lines:"
    grep -A 6 '^FAIL' log | head -n 7
    [ "${lines:-99}" -le 6 ] || wrong=1
  fi
  cp before "$1"
}

# Second order alone; a transpose left out; what x[i] = v replaced still has a gradient.
mutant runtime/ops.def 'MUL(MUL(NUM(-2), b), y)' 'MUL(MUL(NUM(2), b), y)'
mutant runtime/graph/gradient_linear.c 'product(reverse, across, dy), across)' 'product(reverse, id, dy), across)'
mutant runtime/graph/gradient_move.c 'emit(reverse, OP_PLACE, inputs, 2, node.attrs, node.attr_count)' 'inputs[0]'
exit $wrong
