#!/bin/sh
# doctor.sh GD FOLDER SEED [SAMPLE] — the bench of `gd doctor` (make doctor).
#
# Each base of bases/ is a healthy training.  A kind of kinds.txt breaks it by one change to its
# text (sed), and says what the verdict must say and, by the marks at the ends of lines (# net),
# where it may point.  Every pair of kind and base that fits is run with two seeds drawn from SEED;
# bases as they are, with six, must be found healthy.  Printed: recall (broken ones with the right
# verdict), precision (verdicts that are the right one, among all), lines (right verdicts that point
# at a marked line), remedies (of verdicts about the rate, those that were tried and did better).
# With SAMPLE only each so many-th program is run.
gd=$1 folder=$2 seed=$3 sample=${4:-1}
rm -rf "$folder" && mkdir -p "$folder" || exit 1
here=tests/doctor
number=0 broken=0 found=0 right=0 verdicts=0 lines=0 healthy=0 blamed=0 rates=0 tried=0

skipped() {
  number=$((number + 1))
  [ $((number % sample)) -ne 0 ]
}

# the run of program $1: its verdicts, a line of text and a line of place each
examine() {
  "$gd" doctor --max-time 60 "$1" 2>&1 | grep -E -A1 '^warning: health' | grep -v '^--$'
}

for base in "$here"/bases/*.gd; do
  for turn in 1 2 3 4 5 6; do
    skipped && continue
    file=$folder/healthy_$(basename "$base" .gd)_$turn.gd
    sed "s/SEED/$((seed * 7 + turn))/" "$base" > "$file"
    said=$(examine "$file" | grep -c 'health,')
    healthy=$((healthy + 1)) verdicts=$((verdicts + said))
    [ "$said" -gt 0 ] || continue
    blamed=$((blamed + 1))
    echo "healthy: $file: $(examine "$file" | head -1)"
  done
done

while read -r line; do
  case $line in '#'* | '') continue ;; esac
  kind=${line%% | *} rest=${line#* | }
  script=${rest##* | } rest=${rest% | *}
  marks=${rest##* | } wanted=${rest% | *}
  for base in "$here"/bases/*.gd; do
    for turn in 1 2; do
      file=$folder/$(echo "$kind" | tr ' ' _)_$(basename "$base" .gd)_$turn.gd
      sed -e "s/SEED/$((seed * 11 + turn))/" "$base" > "$folder/base.gd"
      sed -e "$script" "$folder/base.gd" > "$file" || continue
      cmp -s "$file" "$folder/base.gd" && rm "$file" && continue
      skipped && continue
      broken=$((broken + 1))
      said=$(examine "$file")
      all=$(echo "$said" | grep -c 'health,')
      good=$(echo "$said" | grep -E -A1 "$wanted")
      count=$(echo "$good" | grep -c 'health,')
      verdicts=$((verdicts + all)) right=$((right + count))
      if [ "$count" -gt 0 ]; then
        found=$((found + 1))
      else
        echo "missed: $file: wanted \"$wanted\", got: ${said:-nothing}"
      fi
      if [ "$all" -gt "$count" ]; then
        echo "besides: $file: $(echo "$said" | grep 'health,' | grep -E -v "$wanted" | head -1)"
      fi
      place=$(echo "$good" | sed -n 's/.*\.gd:\([0-9]*\):.*/\1/p' | head -1)
      if [ -n "$place" ]; then
        for mark in $marks; do
          sed -n "${place}p" "$file" | grep -q "# $mark" && lines=$((lines + 1)) && break
        done
      fi
      case $good in
        *'the rate is'*) rates=$((rates + 1)) tried=$((tried + 1)) ;;
        *'blew up'*) rates=$((rates + 1)) ;;
      esac
    done
  done
done < "$here/kinds.txt"

awk -v b=$broken -v f=$found -v r=$right -v v=$verdicts -v l=$lines -v h=$healthy -v m=$blamed \
  -v t=$tried -v a=$rates 'BEGIN {
  printf "%d broken, %d healthy\n", b, h
  printf "recall %.3f, precision %.3f, lines %.3f, ", b ? f / b : 1, v ? r / v : 1, f ? l / f : 1
  printf "remedies of the rate that were tried and did better: %d of %d\n", t, a
  printf "healthy ones with a verdict: %d of %d\n", m, h
  exit !(f >= 0.9 * b && r >= 0.9 * v && l >= 0.9 * f && 40 * m <= h + 39)
}'
