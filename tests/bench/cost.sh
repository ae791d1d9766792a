#!/bin/sh
# cost.sh GD [MODEL…] — `gd check --cost` beside what the trainings then take.
#
# Each model is a script of its own.  Told are the memory of the process and the seconds of a step;
# measured are the greatest resident memory of a run of up to a hundred steps, since the states of a
# table's rows take memory when they are first used, and the least step of three runs in one
# process.  With PROCESSOR=1, seconds of processor time on one thread, where other work makes
# the clock worthless; THREADS otherwise (2).
here=$(realpath "$(dirname "$0")"); gd=$(realpath "$1"); shift
models=${*:-lenet res8 depth3 depth5 few1 few3 lstm gru gpt gpt2 table \
  small small_adam wide wide_adam gpt_shards gpt_accumulate}
threads=${THREADS:-2}; [ "$PROCESSOR" ] && threads=1
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
${CC:-cc} -O2 -D_GNU_SOURCE -o "$folder/again" "$here/again.c" || exit 1
${CC:-cc} -O2 -D_GNU_SOURCE -shared -fPIC -o "$folder/processor.so" "$here/processor.c" || exit 1

# train STEPS OPTIMIZER BATCH [CLAUSES]: the end of a script, which prints the seconds of a step;
# STEPS are measured
train() {
  echo "$1" > "$folder/steps"
  cat <<GD
let steps = if len(args) > 0 { number(args[0]) } else { 4 }
for turn in 1..(if len(args) > 1 { 1 } else { 3 }) {
  let h = train net on (x, y) in data {
    loss: $loss
    optimizer: $2
    batch: $3; steps: steps; quiet: true
    $4
  }
  print(h.seconds / steps)
}
GD
}
images() { loss='cross_entropy(net(x), y)'
  echo "let data = dataset(rand($1), randint(0, 10, $2))"; }
text() { loss="cross_entropy(reshape(net(x), -1, $1), reshape(y, -1))"
  echo "let data = dataset(randint(0, $1, $2, 64), randint(0, $1, $2, 64))"; }
gpt() { cat <<'GD'
model Gpt(classes, places, width, heads, layers) {
  param table = normal(classes, width, std: 0.02)
  let place = Positions(places, width)
  let blocks = map(fn(i) = TransformerBlock(width, heads, causal: true), 1..layers)
  let norm = LayerNorm(width)
  fn forward(x) {
    let h = place(table[x])
    for block in blocks { h = block(h) }
    norm(h) @ table'
  }
}
GD
}
small_gpt() { gpt; echo 'let net = Gpt(65, 64, 128, 4, 4)'; text 65 1200; }
characters() { echo "let net = chain(Embedding(65, 64), $1(64, 256), Dense(256, 65))"; text 65 1024
  train 10 'Adam(lr: 1e-3)' 32 'clip: (norm: 1)'; }
window() { echo "let net = chain(Conv2d($1), relu, GlobalPool(), Dense($2, 10))"; }

lenet() { cat <<'GD'
let net = chain(
  Conv2d(1, 6, 5, padding: 2), relu, MaxPool2d(2), Conv2d(6, 16, 5), relu, MaxPool2d(2), Flatten(),
  Dense(400, 120), relu, Dense(120, 84), relu, Dense(84, 10),
)
GD
}
res8() { cat <<'GD'
fn normed(n, m) = chain(Conv2d(n, m, 3, padding: 1, bias: false), BatchNorm(m))
fn residual(c) = chain(Residual(chain(normed(c, c), relu, normed(c, c))), relu)
let net = chain(
  normed(3, 64), relu, residual(64), MaxPool2d(2), normed(64, 128), relu, residual(128),
  MaxPool2d(2), normed(128, 256), relu, GlobalPool(), Dense(256, 10),
)
GD
}
sgd='SGD(lr: 0.01)'
adamw='AdamW(lr: 1e-3, weight_decay: 0.1)'

# The script of a model.
script() {
  case $1 in
    lenet) lenet; images '6400, 1, 28, 28' 6400; train 200 "$sgd" 64 ;;
    res8) res8; images '512, 3, 32, 32' 512; train 3 "$sgd" 64 ;;
    depth3) window '64, 64, 3, padding: 1, groups: 64' 64; images '512, 64, 32, 32' 512
      train 60 "$sgd" 16 ;;
    depth5) window '128, 128, 5, padding: 2, groups: 128' 128; images '512, 128, 14, 14' 512
      train 60 "$sgd" 16 ;;
    few1) window '1, 6, 5, padding: 2' 6; images '6400, 1, 28, 28' 6400; train 200 "$sgd" 64 ;;
    few3) window '3, 16, 3, padding: 1' 16; images '2048, 3, 32, 32' 2048; train 60 "$sgd" 64 ;;
    lstm) characters LSTM ;;
    gru) characters GRU ;;
    gpt) small_gpt; train 20 "$adamw" 12 'clip: (norm: 1)' ;;
    gpt_shards) small_gpt; train 10 "$adamw" 16 'shards: 8' ;;
    gpt_accumulate) small_gpt; train 10 "$adamw" 12 'accumulate: 4' ;;
    gpt2) gpt; echo 'let net = Gpt(50257, 64, 768, 12, 12)'; text 50257 400; train 2 "$adamw" 4 ;;
    table) loss='mse(net(x), y)'; echo 'let net = Embedding(50_000, 64)'
      echo 'let data = dataset(randint(0, 50_000, 3200), randn(3200, 64))'
      train 500 'Adam(lr: 1e-3)' 32 ;;
    small*) echo 'let net = chain(Dense(784, 128), relu, Dense(128, 10))'
      images '60000, 784' 60000; train 2000 "$(rule "$1")" 64 ;;
    wide*) echo 'let net = chain(Dense(784, 512), relu, Dense(512, 512), relu, Dense(512, 10))'
      images '12800, 784' 12800; train 300 "$(rule "$1")" 128 ;;
    *) echo "no such model: $1" >&2; exit 2 ;;
  esac
}
rule() { case $1 in *adam) echo 'Adam()' ;; *) echo 'SGD(lr: 0.1)' ;; esac; }

printf '%-16s %12s %12s %6s %10s %10s %6s\n' model 'ms told' measured '' 'MiB told' measured ''
for model in $models; do
  script "$model" > "$folder/$model.gd" || exit 2
  told=$("$gd" check --cost --json --threads "$threads" "$folder/$model.gd") || exit 1
  field() { echo "$told" | sed "s/.*\"$1\":{[^}]*\"$2\":\([^,}]*\).*/\1/"; }
  bytes=$(field memory bytes) seconds=$(field step seconds)
  env ${PROCESSOR:+LD_PRELOAD="$folder/processor.so"} "$gd" --threads "$threads" \
    "$folder/$model.gd" "$(cat "$folder/steps")" > "$folder/out" || exit 1
  few=$(awk '{ print ($1 < 4 ? 4 : $1 > 100 ? 100 : $1) }' "$folder/steps")
  "$folder/again" 1 "$gd" --threads "$threads" "$folder/$model.gd" "$few" once 2> "$folder/err" \
    > /dev/null
  sort -g "$folder/out" | head -1 | awk -v model="$model" -v told="$seconds" -v bytes="$bytes" \
    -v rss="$(tail -1 "$folder/err" | cut -d' ' -f2)" '{
      printf "%-16s %12.3f %12.3f %6.2f %10.1f %10.1f %6.3f\n", model, 1e3 * told, 1e3 * $1,
        told / $1, bytes / 1048576, rss / 1024, bytes / 1024 / rss }'
done
