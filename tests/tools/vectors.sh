#!/bin/sh
# vectors.sh OBJECT — every loop of the elementwise machine (loops.c, as compiled for AVX2) is made
# of vector instructions: one that the compiler leaves scalar costs four to eight times as much, and
# nothing else tells.  A loop counts as scalar if it has four times as many instructions of single
# floats as vector ones.  Not asked of the kin of the gamma function, which are the C library's, and
# of remainders of doubles; of sin, cos, tan, mod and idiv the loop that they take where nothing is
# far (near_…) is asked.
set -e
case $(objdump -f "$1" 2> /dev/null) in
  *x86-64*) ;;
  *) echo "vectors: no object for AVX2 here, nothing compared"; exit 0 ;;
esac
objdump -d --no-show-raw-insn "$1" | awk '
  /^[0-9a-f]+ <[A-Za-z0-9_]+_f(32|64)>:$/ { name = substr($2, 2, length($2) - 3); loops++ }
  /ymm/ { wide[name]++ }
  $2 ~ /^v.*s[sd]$/ || $2 == "call" { single[name]++ }
  END {
    for (name in single)
      if (4 * wide[name] < single[name] &&
          name !~ /^(LGAMMA|DIGAMMA|POLYGAMMA|SIN|COS|TAN|MOD|IDIV)_f/) {
        printf "vectors: the loop of %s is scalar\n", name
        scalar++
      }
    if (loops < 200) print "vectors: only " loops " loops found"
    printf "vectors: %d loops, %d scalar that should not be\n", loops, scalar
    exit loops < 200 || scalar > 0
  }'
