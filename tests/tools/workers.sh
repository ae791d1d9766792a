#!/bin/sh
# workers.sh GD — a training in parts on several processes, started by --workers and by every mpirun
# that is installed: the same file on any number of them; one that is killed, stopped, slow, asked
# to end, or goes another way.
gd=$(realpath "$1"); folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; failed=0
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
say() { echo "workers: $*"; failed=1; }
cat > "$folder/net.gd" <<'GD'
seed(4)
let d = moons(61, noise: 0.1)
let held_out = moons(45, noise: 0.2)
model Net {
  let a = Dense(2, 8)
  let n = BatchNorm(8)
  let drop = Dropout(0.2)
  let b = Dense(8, 2)
  fn forward(x) = b(drop(relu(n(a(x)))))
}
let net = Net()
let most = number(args[1])
let h = train net on (x, y) in d {
  loss: cross_entropy(net(x), y)
  metrics: (right: accuracy(net(x), y), area: auc(softmax(net(x))[:, 1], y))
  optimizer: Adam(lr: 0.01)
  steps: most
  batch: 19
  drop_last: true
  validate: held_out
  keep: best(val_loss)
  shards: 8
  clip: (norm: 1)
  checkpoint: args[2]
  resume: true
  quiet: true
}
print(h.loss, h.right, h.area, h.val_loss, h.val_right, h.val_area)
save(net, "{args[0]}.safetensors")
GD
run() { # PROCESSES NAME STEPS CHECKPOINT [THREADS]
  timeout 60 "$gd" --workers "$1" --threads "${5:-1}" --peer-timeout 20 "$folder/net.gd" \
    "$folder/$2" "$3" "$folder/$4" > "$folder/$2.out" 2>&1 ||
    say "$1 processes: $(cat "$folder/$2.out")"
}
run 1 one 14 one.ckpt
for n in 2 3 5 8; do
  run "$n" "of$n" 14 "$n.ckpt" 2
  cmp -s "$folder/one.safetensors" "$folder/of$n.safetensors" ||
    say "$n processes give another model than one"
  cmp -s "$folder/one.out" "$folder/of$n.out" || say "$n processes print otherwise than one"
done
for t in 2 3 5; do # parts side by side, in subtrees of other sizes
  run 1 "on$t" 14 "on$t.ckpt" "$t"
  cmp -s "$folder/one.safetensors" "$folder/on$t.safetensors" ||
    say "$t threads give another model than one"
  cmp -s "$folder/one.out" "$folder/on$t.out" || say "$t threads print otherwise than one"
done
run 3 part 5 resumed.ckpt
run 2 rest 14 resumed.ckpt
cmp -s "$folder/one.safetensors" "$folder/rest.safetensors" ||
  say "resumed on 2 processes, another model"

# parts that differ: in the branch that they take, by their rows or their draws; in the params that
# a branch reads; in their number of rows, where the first recording makes the states that later
# ones read
cat > "$folder/differ.gd" <<'GD'
let (a, b) = (param(ones(3)), param(2))
let d = linspace(0, 1, 13)
optimizer Ahead(lr = 0.1) {
  state size = sum(p * p)
  fn ahead(p) = p + 0.1 * size
  fn step(p, g) { p = p - lr * g }
}
let h = train a, b on x in d {
  loss: if mean(x) > 0.4 { mean((sum(a) - x)^2) } else { mean((b + x)^2) }
  optimizer: Adam(lr: 0.1); steps: 4; batch: 8; shards: 5; quiet: true
  metrics: (middle: median(x) * b); validate: d
}
print(h.loss, h.middle, h.val_loss, a, b)
train a on x in d {
  loss: mean((sum(a) - x)^2) * (if rand() < 0.4 { 2 } else { 1 }); optimizer: GD(lr: 0.1)
  steps: 4; shards: 3; quiet: true
}
train a on x in d {
  loss: mean((sum(a) - x)^2); optimizer: Ahead(); steps: 2; shards: 3; quiet: true
}
train b on x in d {
  loss: mean((b - x)^2); optimizer: ScheduleFree(); steps: 2; shards: 4; quiet: true
}
let many = map(fn(i) = param(i * eye(2) / 9), 1..12) # found by the first step
train on x in d {
  loss: mean((sum(reduce(many, fn(y, w) = y @ w, eye(2))) - x)^2); optimizer: Adam(lr: 0.1)
  steps: 3; shards: 3; quiet: true
}
print(a, b, many)
GD
for n in 1 2 3; do
  timeout 60 "$gd" --workers $n "$folder/differ.gd" > "$folder/differ.$n" 2>&1 &&
    cmp -s "$folder/differ.1" "$folder/differ.$n" ||
    say "parts that differ, $n processes: $(cat "$folder/differ.$n")"
done

# targets that are not named: the first part finds them, more of them than an array of one has room
# for; what the parts of two processes reach or assign must be the same
cat > "$folder/found.gd" <<'GD'
let x = randn(8, 3)
let ws = map(fn(i) = param(eye(3)), 1..8)
train on x in x {
  loss: mean(reduce(ws, fn(a, w) = a @ w, x)^2); optimizer: GD(lr: 0.01)
  shards: 3; steps: 3; quiet: true
}
let s = randn(12, 5, 4)
let net = chain(LSTM(4, 3, both: true), Dense(6, 1))
let h = train on s in s {
  loss: mean(net(s)^2); optimizer: Adam(lr: 0.01); shards: 4; steps: 6; batch: 4; accumulate: 3
  quiet: true; clip: (norm: 1); average: ema(0.9); keep: best(loss)
}
print(ws, h.loss, net(s))
GD
cat > "$folder/others.gd" <<'GD'
let ws = map(fn(i) = param(1), 1..2)
train on x in linspace(0, 1, 8) {
  loss: if mean(x) < 0.5 { mean((ws[0] - x)^2) } else { mean((ws[1] - x)^2) }
  optimizer: GD(lr: 0.1); shards: 2; steps: 3; quiet: true
}
GD
cat > "$folder/buffers.gd" <<'GD'
model Net {
  buffer low = 0
  buffer high = 0
  param w = 1
  fn forward(x) {
    if mean(x) < 0.5 { low = mean(x) } else if args[0] == "both" { high = mean(x) }
    w * x
  }
}
let net = Net()
train net on x in linspace(0, 1, 8) {
  loss: mean((net(x) - x)^2); optimizer: GD(lr: 0.1); shards: 2; steps: 3; quiet: true
}
GD
for n in 1 2 3; do
  timeout 60 "$gd" --workers $n "$folder/found.gd" > "$folder/found.$n" 2>&1 &&
    cmp -s "$folder/found.1" "$folder/found.$n" ||
    say "targets that are not named, $n processes: $(cat "$folder/found.$n")"
done
apart() { # WORDS FILE [ARGUMENT]
  timeout 60 "$gd" --workers 2 "$folder/$2" $3 > "$folder/apart.out" 2>&1
  [ $? = 1 ] && grep -q "^error: .*$1" "$folder/apart.out" ||
    say "$2 $3: $(cat "$folder/apart.out")"
}
apart "process 1 of 2 reached others than process 0" others.gd
apart "process 1 of 2 assigned others than process 0" buffers.gd both
apart "process 1 of 2 assigned others than process 0" buffers.gd one

# one that ends in the middle: 76 or its own status, once, and nobody is left
cat > "$folder/apart.gd" <<'GD'
let w = param(1)
train w on x in dataset([1, 2, 3, 4]) {
  loss: mean(w * x * if worker == 1 { 2 } else { 3 })
  optimizer: GD(lr: 0.1)
  steps: 3
  shards: 2
  quiet: true
}
GD
timeout 60 "$gd" --workers 2 "$folder/apart.gd" > "$folder/apart.out" 2>&1
[ $? = 1 ] && grep -q 'process 1 of 2 has another loss' "$folder/apart.out" ||
  say "a process with another loss: $(cat "$folder/apart.out")"
echo 'if worker == 1 { exit(3) }
let w = param(1)
train w on x in dataset([1, 2]) {
  loss: mean(w * x); optimizer: GD(); steps: 2; shards: 2; quiet: true
}' > "$folder/leaves.gd"
timeout 60 "$gd" --workers 2 "$folder/leaves.gd" > "$folder/leaves.out" 2>&1
[ $? = 3 ] || say "a process that leaves: $(cat "$folder/leaves.out")"
# one that is slow is waited for
echo 'let w = param(1)
fn slow() {
  let s = 0
  let began = time(fn() = 1)
  if worker == 1 { while s < 2 { s = s + time(fn() = sum(randn(300, 300))) } }
}
train w on x in dataset([1, 2]) {
  loss: mean(w * x); optimizer: GD(); steps: 2; shards: 2; quiet: true; each_step: slow()
}' > "$folder/slow.gd"
timeout 60 "$gd" --workers 2 --peer-timeout 1 "$folder/slow.gd" > "$folder/slow.out" 2>&1 ||
  say "a process that is slow: $(cat "$folder/slow.out")"

# what a process must not do otherwise than the others, and what cannot be begun: one error, of
# process 0, with its status, and nobody is left
cat > "$folder/bad.gd" <<'GD'
let kind = args[0]
let last = worker == workers - 1
let d = if kind == "rows" and last { dataset([1, 2, 3, 5]) } else { dataset([1, 2, 3, 4]) }
if kind == "file" and last { print(csv("nowhere.csv", target: "y")) }
let w = param(1)
let noise = if last { linspace(0, 2, 100) } else { linspace(0, 1, 100) }
let rate = if kind == "rate" and last { 0.2 } else { 0.1 }
train w on x in d {
  loss: mean((w - x) ^ 2) + (if kind == "captured" { mean(noise) } else { 0 }) * w
  optimizer: GD(lr: rate)
  steps: number(args[1])
  shards: number(args[2])
  quiet: true
}
GD
refused() { # WORDS STATUS COMMAND…
  words=$1 wanted=$2
  shift 2
  timeout 60 "$@" > "$folder/bad.out" 2>&1
  status=$?
  [ $status = "$wanted" ] && [ "$(grep -c '^error: ' "$folder/bad.out")" = 1 ] &&
    grep -q "^error: .*$words" "$folder/bad.out" || say "$*: $status: $(cat "$folder/bad.out")"
}
refuse_some() { # LAUNCHER…
  refused "3 processes cannot share 2 parts" 1 "$@" "$folder/bad.gd" plain 3 2
  refused "in process 2 of 3, at nowhere.csv, .*there is no such file" 66 \
    "$@" "$folder/bad.gd" file 3 4
}
refuse_some "$gd" --workers 3
refused "\`shards: 9\` is more than the rows" 1 "$gd" --workers 3 "$folder/bad.gd" plain 3 9
refused "process 2 of 3 has other data" 1 "$gd" --workers 3 "$folder/bad.gd" rows 3 4
refused "process 2 of 3 has another loss or other constants" 1 \
  "$gd" --workers 3 "$folder/bad.gd" captured 3 4
for steps in 1 3; do # the last update is held against the others' too
  refused "process 2 of 3 has other values of params.* step 2" 1 \
    "$gd" --workers 3 "$folder/bad.gd" rate $steps 4
done

# ended from outside, in the middle: lost SIGNAL RANK WORDS STATUS...
cat > "$folder/long.gd" <<'GD'
let w = param(1)
train w on x in dataset([1, 2, 3, 4]) {
  loss: mean((w - x) ^ 2); optimizer: GD(lr: 0.001); steps: 100000000; shards: 4; quiet: true
  checkpoint: args[0]
}
GD
lost() {
  timeout 60 "$gd" --workers 3 --peer-timeout 2 "$folder/long.gd" "$folder/long$1.ckpt" \
    > "$folder/lost.out" 2>&1 &
  waiter=$!
  workers=""
  while [ "$(echo "$workers" | wc -w)" -lt 2 ]; do
    sleep 0.1
    main=$(pgrep -P $waiter)
    workers=$(pgrep -P "${main:-0}")
    kill -0 $waiter 2> /dev/null || break
  done
  sleep 0.5
  kill "-$1" "$(echo $main $workers | cut -d' ' -f$(($2 + 1)))"
  wait $waiter
  status=$?
  [ $status = "$4" ] && { [ -z "$3" ] || grep -q "$3" "$folder/lost.out"; } ||
    say "$1 to process $2: status $status: $(cat "$folder/lost.out")"
  [ -s "$folder/long$1.ckpt" ] || say "$1 to process $2: no checkpoint"
  for process in $main $workers; do
    kill -0 "$process" 2> /dev/null && say "$1 to process $2: a process is left"
  done
}
# a second run on the checkpoint of one that goes on
held() { # LAUNCHER…
  refused "another run uses it" 75 "$@" "$folder/long.gd" "$folder/held.ckpt"
}
"$gd" --workers 2 "$folder/long.gd" "$folder/held.ckpt" > "$folder/holds.out" 2>&1 &
holder=$!
until [ -s "$folder/held.ckpt" ] || ! kill -0 $holder 2> /dev/null; do sleep 0.1; done
for i in 1 2 3 4 5 6 7 8; do # process 0 has ended: no other process reports that it is gone
  held "$gd" --workers 3
done
for mpi in openmpi mpich; do
  [ -e "$(dirname "$gd")/gd-$mpi.so" ] && command -v mpirun.$mpi > /dev/null || continue
  held mpirun.$mpi -n 2 "$gd"
done
kill $holder
wait $holder
lost KILL 2 "process 2 of 3, on .*, is gone" 76
lost STOP 1 "process 1 of 3, on .*, has not responded for 2 s" 76
# process 0 is deaf: process 1 says so, and the others end
timeout 60 "$gd" --workers 3 --peer-timeout 1 "$folder/long.gd" "$folder/deaf.ckpt" \
  > "$folder/deaf.out" 2>&1 &
waiter=$!
until [ -s "$folder/deaf.ckpt" ] || ! kill -0 $waiter 2> /dev/null; do sleep 0.1; done
main=$(pgrep -P $waiter)
kill -STOP "$main"
for i in $(seq 100); do # those that have ended stay unheard by it
  workers=$(pgrep -P "$main" -r S,R,D)
  [ -s "$folder/deaf.out" ] && [ -z "$workers" ] && break
  sleep 0.1
done
kill -KILL "$main"
wait $waiter 2> /dev/null
[ -z "$workers" ] && [ "$(grep -c '^error: ' "$folder/deaf.out")" = 1 ] &&
  grep -q '^error: process 0 of 3, on .*, has not responded for 1 s' "$folder/deaf.out" ||
  say "STOP to process 0: left '$workers': $(cat "$folder/deaf.out")"
lost TERM 1 "" 143
lost INT 2 "" 130

# by the MPIs that there are, together with the status of a process that fails
launchers=""
for mpi in openmpi mpich; do
  [ -e "$(dirname "$gd")/gd-$mpi.so" ] && command -v mpirun.$mpi > /dev/null || continue
  launchers="$launchers, $mpi"
  timeout 60 mpirun.$mpi -n 3 "$gd" "$folder/net.gd" "$folder/$mpi" 14 "$folder/$mpi.ckpt" \
    > "$folder/$mpi.out" 2>&1
  cmp -s "$folder/one.safetensors" "$folder/$mpi.safetensors" &&
    cmp -s "$folder/one.out" "$folder/$mpi.out" || say "$mpi: otherwise: $(cat "$folder/$mpi.out")"
  timeout 60 mpirun.$mpi -n 2 "$gd" "$folder/apart.gd" > "$folder/apart.out" 2>&1
  [ $? = 1 ] && [ "$(grep -c 'process 1 of 2 has another loss' "$folder/apart.out")" = 1 ] ||
    say "$mpi: another loss: $(cat "$folder/apart.out")"
  timeout 60 mpirun.$mpi -n 1 "$gd" "$folder/leaves.gd" other : -n 1 "$gd" "$folder/leaves.gd" \
    > "$folder/other.out" 2>&1
  [ $? = 2 ] && grep -q 'was started with `arguments`' "$folder/other.out" ||
    say "$mpi: other arguments: $(cat "$folder/other.out")"
  refuse_some mpirun.$mpi -n 3 "$gd"
  # another version: the same program with another number in it
  [ -x "$folder/version/gd" ] || {
    number=$("$gd" --version | sed -n '1s/^gd //p')
    mkdir "$folder/version"
    LC_ALL=C sed "s/$number/9${number#?}/g" "$gd" > "$folder/version/gd"
    chmod +x "$folder/version/gd"
    cp "$(dirname "$gd")"/gd-*.so "$folder/version"
  }
  refused "was started with \`gd 9.*process 0, .* with \`gd " 2 mpirun.$mpi \
    -n 1 "$gd" "$folder/leaves.gd" : -n 1 "$folder/version/gd" "$folder/leaves.gd"
done
# a host that there is not: mpirun says so, and nothing of gd has begun
command -v mpirun.openmpi > /dev/null && {
  timeout 60 mpirun.openmpi -n 2 --host nowhere.invalid:2 "$gd" "$folder/bad.gd" plain 3 2 \
    > "$folder/host.out" 2>&1 && say "openmpi, an unknown host: $(cat "$folder/host.out")"
  grep -q '^error: ' "$folder/host.out" && say "openmpi, an unknown host: gd has begun"
}

# a launcher without what speaks to its MPI: process 0 says what to install, the other is quiet
mkdir "$folder/alone" && cp "$gd" "$folder/alone/gd"
for rank in 0 1; do
  OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=$rank "$folder/alone/gd" "$folder/leaves.gd" \
    > "$folder/alone.out" 2>&1
  [ $? = 71 ] && [ "$(grep -c libopenmpi-dev "$folder/alone.out")" = $((1 - rank)) ] ||
    say "no plugin, process $rank: $(cat "$folder/alone.out")"
done
[ $failed = 0 ] && echo "workers: the same on 1, 2, 3, 5 and 8 processes$launchers"
exit $failed
