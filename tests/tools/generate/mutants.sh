#!/bin/sh
# mutants.sh BUILD — breaks gradient rules one at a time, in a copy of the tree, and demands that
# generated programs find each and are shrunk. Rules of different kinds: an elementwise derivative,
# a product's transpose, where a slice's gradient is put. The copy has the objects of BUILD/release;
# a broken file keeps its time, so that only the object named is compiled again.
set -e
: "${CC:=gcc}"
build=${1:-build}
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
mkdir "$folder/build"
cp -a lang runtime stdlib tests Makefile "$folder"
cp -a "$build/release" "$build/gen" "$build/tools" "$folder/build"
cd "$folder"
wrong=0
CCACHE_NOHASHDIR=1
export CCACHE_NOHASHDIR # where CC is a ccache: the folder's name is no part of what is compiled

# mutant FILE OBJECT FROM TO — replaces the first FROM by TO (fixed text) and runs 2,000 programs
mutant() {
  cp -p "$1" before
  LC_ALL=C awk -v from="$3" -v to="$4" '
    !changed && (at = index($0, from)) {
      $0 = substr($0, 1, at - 1) to substr($0, at + length(from))
      changed = 1
    }
    { print }
    END { if (!changed) exit 1 }
  ' before > "$1" || { echo "mutant: no '$3' in $1"; exit 1; }
  touch -r before "$1"
  rm "build/release/obj/$2.o"
  make -s -j2 CC="$CC" BUILD=build all > log 2>&1 || { echo "mutant $3 does not build"
    tail -n 5 log; exit 1; }
  if build/tools/generate build/release/gd --seed 1 --count 2000 --faults 1 > log 2>&1; then
    echo "SURVIVED $1: $3 -> $4"; wrong=1
  else
    lines=$(sed -n 's/^# \([0-9]*\) lines$/\1/p' log | sort -n | head -n 1)
    echo "found    $1: $3 -> $4, in ${lines:-no} lines:"
    grep -A 6 '^FAIL' log | head -n 7
    [ "${lines:-99}" -le 6 ] || wrong=1
  fi
  cp -p before "$1"
  rm "build/release/obj/$2.o"
}

# Second order alone; a transpose left out; what x[i] = v replaced still has a gradient.
mutant runtime/ops.def runtime/graph/derivatives 'MUL(MUL(NUM(-2), b), y)' 'MUL(MUL(NUM(2), b), y)'
mutant runtime/graph/gradient_linear.c runtime/graph/gradient_linear \
  'product(reverse, across, dy), across)' 'product(reverse, id, dy), across)'
mutant runtime/graph/gradient_move.c runtime/graph/gradient_move \
  'emit(reverse, OP_PLACE, inputs, 2, node.attrs, node.attr_count)' 'inputs[0]'
exit $wrong
