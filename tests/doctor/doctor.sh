#!/bin/sh
# doctor.sh GD FOLDER SEED [SAMPLE] — the bench of `gd doctor` (make doctor; README.md).
#
# Sets of broken programs: each base of bases/ changed by each kind of kinds.txt (sed), the same
# with the kinds of unseen.txt; the bases of models/ with those of models.txt, those of fresh/ with
# fresh.txt; and the programs of reported/.  The bases as they are must be found healthy.  With
# SAMPLE only each so many-th program is run; SETS of the environment names some of the lists.
gd=$1 folder=$2 seed=$3 sample=${4:-1}
rm -rf "$folder" && mkdir -p "$folder" || exit 1
here=tests/doctor
number=0
: > "$folder/counts"

skipped() {
  number=$((number + 1))
  [ $((number % sample)) -ne 0 ]
}

# the run of program $1: its verdicts, a line of text and a line of place each
examine() {
  "$gd" doctor --max-time 60 --out "$1.mended" "$1" 2>&1 | tee "$1.said" |
    grep -E -A1 '^warning: health' | grep -v '^--$'
}

# Does program $1 reach the goal $2 with another seed?
reaches() {
  { sed 's/^seed(.*/seed(424243)/' "$1" && echo "print($2)"; } > "$1.goal.gd"
  [ "$("$gd" --quiet --max-time 60 "$1.goal.gd" 2> /dev/null | tail -1)" = true ]
}

# set $1, program $2, what the verdict says $3, marks of the lines it may point at $4, goal $5
judge() {
  set_=$1 file=$2 wanted=$3 marks=$4 goal=$5 found=0 line=0 works=-
  said=$(examine "$file")
  all=$(echo "$said" | grep -c 'health,')
  good=$(echo "$said" | grep -E -A1 "health,.*($wanted)")
  right=$(echo "$good" | grep -c 'health,')
  if [ "$right" -gt 0 ]; then found=1
  else echo "missed: $file: wanted \"$wanted\", got: ${said:-nothing}"
  fi
  if [ "$all" -gt "$right" ]; then
    echo "besides: $file: $(echo "$said" | grep 'health,' | grep -E -v "$wanted" | head -1)"
  fi
  place=$(echo "$good" | sed -n 's/.*\.gd:\([0-9]*\):.*/\1/p' | head -1)
  for mark in ${place:+$marks}; do
    sed -n "${place}p" "$file" | grep -q "# $mark" && line=1 && break
  done
  # a remedy counts where the program as it is does not reach its goal
  if [ -n "$goal" ] && ! reaches "$file" "$goal"; then
    works=0
    if [ ! -f "$file.mended" ]; then works=words
    elif reaches "$file.mended" "$goal"; then works=1
    else echo "no mend: $file: $(grep '^help:' "$file.said" | tail -1)"
    fi
  fi
  echo "$set_ $found $all $right $line $works" >> "$folder/counts"
}

for base in "$here"/bases/*.gd "$here"/models/*.gd "$here"/fresh/*.gd; do
  [ -f "$base" ] || continue
  for turn in 1 2 3 4 5 6 7; do
    skipped && continue
    file=$folder/healthy_$(basename "$base" .gd)_$turn.gd
    sed "s/SEED/$((seed * 7 + turn))/" "$base" > "$file"
    said=$(examine "$file")
    all=$(echo "$said" | grep -c 'health,')
    echo "healthy 0 $all 0 0 -" >> "$folder/counts"
    [ "$all" -eq 0 ] || echo "healthy: $file: $(echo "$said" | head -1)"
  done
done

for list in ${SETS:-kinds unseen models fresh}; do
  [ -f "$here/$list.txt" ] || continue
  bases=$list
  [ -d "$here/$list" ] || bases=bases
  while read -r row; do
    case $row in '#'* | '') continue ;; esac
    kind=${row%% | *} rest=${row#* | }
    script=${rest##* | } rest=${rest% | *}
    marks=${rest##* | } wanted=${rest% | *}
    for base in "$here/$bases"/*.gd; do
      goal=$(sed -n 's/^# goal: //p' "$base")
      for turn in 1 2; do
        file=$folder/$(echo "$kind" | tr ' ' _)_$(basename "$base" .gd)_$turn.gd
        sed -e "s/SEED/$((seed * 11 + turn))/" "$base" > "$folder/base.gd"
        sed -e "$script" "$folder/base.gd" > "$file" || continue
        cmp -s "$file" "$folder/base.gd" && rm "$file" && continue
        skipped && continue
        judge "$list" "$file" "$wanted" "$marks" "$goal"
      done
    done
  done < "$here/$list.txt"
done

for program in "$here"/reported/*.gd; do
  skipped && continue
  file=$folder/reported_$(basename "$program")
  sed "s/SEED/$((seed * 13 + 1))/" "$program" > "$file"
  judge reported "$file" "$(sed -n 's/^# wanted: //p' "$program")" here \
    "$(sed -n 's/^# goal: //p' "$program")"
done

awk '{
  n[$1]++; found[$1] += $2; all[$1] += $3; right[$1] += $4; line[$1] += $5
  if ($6 == "words") words[$1]++
  else if ($6 != "-") { tried[$1]++; works[$1] += $6 }
  if ($1 == "healthy") { blamed += $3 > 0; next }
  b++; f += $2; a += $3; r += $4; l += $5
  if ($6 != "-" && $6 != "words") { t++; w += $6 }
}
function share(part, whole) { return whole ? part / whole : 1 }
END {
  form = "%-8s %3d programs: recall %.3f, precision %.3f, lines %.3f, "
  mends = "remedies that work %d of %d (%d in words alone)\n"
  for (i = split("kinds unseen models fresh reported", sets, " "); i > 0; i--) {
    s = sets[i]
    if (!n[s]) continue
    printf form, s, n[s], found[s] / n[s], share(right[s], all[s]), share(line[s], found[s])
    printf mends, works[s], tried[s], words[s]
  }
  printf "healthy  %3d programs: %d with a verdict\n", n["healthy"], blamed
  a += all["healthy"]
  said = f >= 0.9 * b && r >= 0.9 * a && l >= 0.9 * f
  exit !(said && w >= 0.8 * t && 40 * blamed <= n["healthy"] + 39)
}' "$folder/counts"
