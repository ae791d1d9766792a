#!/bin/sh
# lint.sh FOLDER — cppcheck over the sources, where it is installed.
#
# cppcheck 2.10 does not see through our NORETURN, and then thinks that code after `raise_help(…)`
# runs: so the functions that do not return are gathered from the sources into a library file for
# it.  What it cannot know besides is in cppcheck.txt.
command -v cppcheck >/dev/null || { echo "cppcheck is not installed: left out"; exit 0; }
mkdir -p "$1"
{
  echo '<?xml version="1.0"?><def format="2">'
  grep -hoE 'NORETURN (void|bool|int) [a-z_0-9]+\(' lang/*.[ch] lang/*/*.[ch] runtime/*/*.[ch] |
    sed 's/.* \([a-z_0-9]*\)($/\1/' | sort -u |
    sed 's|.*|<function name="&"><noreturn>true</noreturn></function>|'
  echo '</def>'
} > "$1/noreturn.cfg"
cppcheck -q -j2 --std=c11 --error-exitcode=1 --inline-suppr \
  --enable=warning,performance,portability --library="$1/noreturn.cfg" \
  --suppressions-list=tests/tools/cppcheck.txt -I. -I"$(dirname "$1")/gen" -D__GNUC__ lang/*.c \
    lang/*/*.c runtime/*/*.c
