#!/bin/sh
# start.sh GD — what gd must not need in order to start (tests/bench/SPEED.md, Start).  Counted,
# since time cannot be on a busy machine.
gd=$(realpath "$1"); folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; failed=0
wrong() { echo "FAIL start: $*"; failed=1; }

# Shared libraries, but for those that this system has no archive of.
for library in jansson z readline tinfo; do
  case $(${CC:-cc} -print-file-name="lib$library.a") in
    /*) LC_ALL=C readelf -d "$gd" | grep "NEEDED.*\[lib$library\.so" &&
      wrong "lib$library is loaded at start, though there is an archive of it" ;;
  esac
done

# The processor is not asked what it is: by the loader, for target_clones, nor by what
# __builtin_cpu_supports brings along (isa.h).
LC_ALL=C readelf -rW "$gd" | grep -q IRELATIV && wrong "a function is chosen by the loader"
nm "$gd" | grep -q __cpu_indicator_init &&
  wrong "the compiler's questions to the processor are asked"

# The library's texts: a script that names nothing of it must not miss them, one that does must.
[ "$(GD_STDLIB=$folder "$gd" -e 'print(1)' 2>&1)" = 1 ] ||
  wrong "the library is read though nothing names it"
GD_STDLIB=$folder "$gd" -e 'print(mse(1, 1))' >/dev/null 2>&1 &&
  wrong "GD_STDLIB is not where the library is read from"
[ $failed = 0 ] && echo "start: nothing that can wait is loaded"
exit $failed
