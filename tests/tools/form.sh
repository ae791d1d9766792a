#!/bin/sh
# form.sh [check] — brings every .c, .h, .inc and .re file into the form of .clang-format, or says
# which are not.  Versions of clang-format break lines differently, so 14 alone counts (Debian
# 12's).
form=clang-format
command -v clang-format-14 > /dev/null && form=clang-format-14
case $($form --version 2> /dev/null) in
  *"version 14."*) ;;
  *) echo "form: clang-format 14 is not installed: left out"; exit 0 ;;
esac
formed=$(mktemp); trap 'rm -f "$formed"' EXIT
files=0 odd=0
for file in $(git ls-files 'lang/*.[ch]' 'runtime/*.[ch]' 'lang/*.re' 'runtime/*.inc' \
  'tests/*.[ch]'); do
  files=$((files + 1))
  $form --assume-filename="$(echo "$file" | sed -E 's/(inc|re)$/c/')" < "$file" > "$formed"
  cmp -s "$formed" "$file" && continue
  odd=$((odd + 1))
  if [ "$1" = check ]; then echo "$file: not in the form of .clang-format; \`make format\` mends it"
  else cp "$formed" "$file"
  fi
done
echo "form: $files files, $odd $([ "$1" = check ] && echo "not in form" || echo changed)"
[ "$1" != check ] || [ $odd = 0 ]
