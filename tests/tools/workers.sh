#!/bin/sh
# workers.sh GD — a training in parts on several processes: the same file on any number of them, a
# process that is killed, one that goes another way.
gd=$1; folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; failed=0
say() { echo "workers: $*"; failed=1; }
cat > "$folder/net.gd" <<'GD'
seed(4)
let d = moons(61, noise: 0.1)
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
  shards: 8
  clip: (norm: 1)
  checkpoint: args[2]
  resume: true
  quiet: true
}
print(h.loss, h.right, h.area)
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
run 3 part 5 resumed.ckpt
run 2 rest 14 resumed.ckpt
cmp -s "$folder/one.safetensors" "$folder/rest.safetensors" ||
  say "resumed on 2 processes, another model"

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
[ $failed = 0 ] && echo "workers: the same on 1, 2, 3, 5 and 8 processes"
exit $failed
