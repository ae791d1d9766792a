#!/bin/sh
# run.sh GD [ROW…] — every workload, gd beside each peer that this machine has; W0, W1 … name the
# ones to run, none means all.
#
# The programs take turns, ROUNDS times (3), each a process of its own that warms up and prints `row
# microseconds` a step; a ratio is the median over the rounds of peer over gd in the same round,
# because machines drift.  THREADS (2) for all.  A peer is run with its best setting: OpenBLAS told
# the processor it takes to be unknown (CORETYPE, SkylakeX where there is AVX-512), its OpenMP
# build, and torch once as it is and once with glibc keeping its pages.  Peers that are not
# installed are left out.  Of W3, W4 and W5 torch is run on one thread too, the better counts.
#
# PROCESSOR=1 measures processor time on one thread instead, where other work makes the clock
# worthless.
#
# Python is $PYTHON (/usr/bin/python3); micrograd is found where $PYTHONPATH says.  KEEP=file keeps
# what was measured.
here=$(realpath "$(dirname "$0")"); gd=$(realpath "$1"); shift
only=${*:-W0 W1 W2 W2wide W3 W4 W5 W5large W6 W7 W8 W9}
[ "$PROCESSOR" ] && THREADS=1
python=${PYTHON:-/usr/bin/python3}
export THREADS="${THREADS:-2}" OMP_NUM_THREADS="${THREADS:-2}" OPENBLAS_NUM_THREADS="${THREADS:-2}"
if grep -qm1 avx512f /proc/cpuinfo; then export OPENBLAS_CORETYPE="${CORETYPE:-SkylakeX}"; fi
openmp=$(ls -d /usr/lib/*/openblas-openmp 2>/dev/null)
pages="MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=68719476736 MALLOC_TOP_PAD_=268435456"
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
${CC:-cc} -O2 -D_GNU_SOURCE -o "$folder/again" "$here/again.c" || exit 1
echo 'int main(void) { return 0; }' > "$folder/empty.c"
  ${CC:-cc} -O2 -o "$folder/empty" "$folder/empty.c" || exit 1
if [ "$PROCESSOR" ]; then
  ${CC:-cc} -O2 -D_GNU_SOURCE -shared -fPIC -o "$folder/processor.so" "$here/processor.c" || exit 1
fi

wanted() { case " $only " in *" $1 "*) true ;; *) false ;; esac; }
has() { "$python" -c "import $1" 2>/dev/null; }

# measure PEER COMMAND… — one turn: what it prints, as `round peer row value`, and its memory as row
# MEMORY_of_what
measure() {
  who=$1; shift
  OMP_WAIT_POLICY= "$folder/again" 1 env ${PROCESSOR:+LD_PRELOAD="$folder/processor.so"} "$@" \
    > "$folder/out" 2> "$folder/err" || {
    echo "$who failed: $*" >&2; tail -3 "$folder/err" >&2; return; }
  awk -v round=$round -v who=$who '{ print round, who, $1, $2 }' "$folder/out" >> "$folder/all"
  case "$*" in *w2*) case "$*" in *wide) ;; *) tail -1 "$folder/err" |
    awk -v round=$round -v who=$who -v data="$bytes" '{
      print round, who, "W2_memory", $2 - data / 1024 }' >> "$folder/all" ;; esac ;; esac
}
starts() { who=$1; shift; "$folder/again" 101 "$@" 2>&1 >/dev/null | tail -1 |
  awk -v round=$round -v who=$who '{ print round, who, "W0", $1 }' >> "$folder/all"; }
own() { measure gd "$gd" --threads "$THREADS" "$@"; }
peer() { # MODULE FILE ARGUMENTS…: the peer as it is
  case " $peers " in *" $1 "*) module=$1; shift
    measure "$module" env ${openmp:+LD_LIBRARY_PATH=$openmp} "$python" "$@" ;; esac
}
pages() { case " $peers " in *" $1 "*) module=$1; shift
  measure "$module+pages" env $pages ${openmp:+LD_LIBRARY_PATH=$openmp} "$python" "$@" ;; esac; }
alone() { case " $peers " in *" $1 "*) module=$1; shift
  measure "$module+alone" env $pages THREADS=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 \
    ${openmp:+LD_LIBRARY_PATH=$openmp} "$python" "$@" ;; esac; }

peers=; for name in torch numpy numexpr pandas; do has $name && peers="$peers $name"; done
has micrograd.engine && peers="$peers micrograd"
if wanted W2 || wanted W2wide; then "$gd" "$here/w2_data.gd" "$folder" || exit 1; fi
bytes=$(cat "$folder"/*.npy 2>/dev/null | wc -c)
p=$here/peers
if wanted W9; then
  mkdir "$folder/w9"; "$gd" "$here/w9_data.gd" "$folder/w9" || exit 1
  "$python" "$p/w9_numpy.py" "$folder/w9" make || only=$(echo " $only " | sed 's/ W9 / /')
fi
for round in $(seq "${ROUNDS:-3}"); do
  if wanted W0; then starts gd "$gd" -e 'print(1)'; starts empty "$folder/empty"; fi
  if wanted W1; then own "$here/w1.gd"; peer torch "$p/w1_torch.py"; peer numpy "$p/w1_numpy.py"; fi
  for what in W2 W2wide; do
    wide=; [ $what = W2wide ] && wide=wide
    wanted $what || continue
    own "$here/w2.gd" "$folder" $wide; peer torch "$p/w2_torch.py" "$folder" $wide
    pages torch "$p/w2_torch.py" "$folder" $wide; peer numpy "$p/w2_numpy.py" "$folder" $wide
  done
  for what in W3 W4 W5 W5large; do
    wanted $what || continue
    large=; [ $what = W5large ] && large=large
    file=$(echo ${what%large} | tr W w); program=$p/${file}_torch.py
    own "$here/$file.gd" $large; peer torch "$program" $large; pages torch "$program" $large
    [ "$THREADS" = 1 ] || alone torch "$program" $large
  done
  if wanted W6; then own "$here/w6.gd"; peer torch "$p/w6_torch.py"
    pages torch "$p/w6_torch.py"
  fi
  if wanted W7; then
    own "$here/w7.gd"; peer torch "$p/w7_torch.py"; pages torch "$p/w7_torch.py"
    peer numpy "$p/w7_numpy.py"; pages numpy "$p/w7_numpy.py"; peer numexpr "$p/w7_numexpr.py"
  fi
  if wanted W8; then
    own "$here/w8.gd"; peer torch "$p/w8_torch.py"; peer micrograd "$p/w8_micrograd.py"
    command -v luajit >/dev/null && measure luajit luajit "$p/w8_luajit.lua"
  fi
  if wanted W9; then
    own "$here/w9.gd" "$folder/w9"; peer numpy "$p/w9_numpy.py" "$folder/w9"
    peer pandas "$p/w9_pandas.py" "$folder/w9"
  fi
  [ -t 2 ] && echo "round $round of ${ROUNDS:-3}" >&2
done
[ "$KEEP" ] && cp "$folder/all" "$KEEP"
load=$(cut -d' ' -f1 /proc/loadavg)
echo "gd beside its peers on $THREADS threads${PROCESSOR:+ by processor time}, load $load;" \
  "median over ${ROUNDS:-3} rounds of peer / gd"
awk -f "$here/table.awk" "$folder/all" "$here/bars.txt"
