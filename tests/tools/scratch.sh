#!/bin/sh
# scratch.sh — prints the folder for what tests write and remove: /dev/shm, if it has 4 GB free and
# runs programs, else /tmp.  On a disk each file that is written again costs a wait of a
# millisecond or two, and some tests write ten thousand of them.
free=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
if [ "${free:-0}" -gt 4000000 ] && [ -w /dev/shm ] &&
  awk '$2 == "/dev/shm" && $4 !~ /noexec/ { found = 1 } END { exit !found }' /proc/mounts
then echo /dev/shm; else echo /tmp; fi
