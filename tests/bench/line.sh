#!/bin/sh
# line.sh GD — microseconds a step of the gradient-descent loop of examples/line.gd; the project
# holds itself to 5.
gd=$(realpath "$1")
us=$("$gd" --threads 1 "$(dirname "$0")/line.gd") || exit 1
awk -v us="$us" 'BEGIN { printf "line: %s us a step (at most 5)\n", us; exit us < 5 ? 0 : 1 }'
