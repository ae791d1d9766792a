# processes.gd MODEL STEPS CHECKPOINT SAVED — small models trained in eight parts, for processes.sh.
let kind = args[0]
seed(11)

model Layers {
  let a = Dense(12, 24)
  let drop = Dropout(0.3)
  let b = Dense(24, 3)
  fn forward(x) = b(drop(relu(a(x))))
}
model Pictures {
  let one = Conv2d(1, 4, 3, padding: 1)
  let norm = BatchNorm(4)
  let two = Conv2d(4, 6, 3)
  let out = Dense(6 * 1 * 1, 3)
  fn forward(x) = out(flatten(max_pool2d(relu(two(max_pool2d(relu(norm(one(x))), 2))), 2)))
}
model Sequences {
  let cells = LSTM(4, 10)
  let out = Dense(10, 3)
  fn forward(x) = out(cells(x)[:, -1])
}
model Letters {
  let letter = Embedding(16, 12)
  let place = Positions(8, 12)
  let block = TransformerBlock(12, heads: 2, causal: true)
  let norm = LayerNorm(12)
  let out = Dense(12, 16)
  fn forward(x) = out(norm(block(place(letter(x)))))
}

let net = if kind == "mlp" { Layers() } else if kind == "lenet" { Pictures() } else if kind == "lstm" { Sequences() } else { Letters() }
let n = 96
let x = if kind == "mlp" { randn(n, 12) } else if kind == "lenet" { randn(n, 1, 8, 8) } else if kind == "lstm" { randn(n, 6, 4) } else { randint(0, 16, n, 8) }
let y = if kind == "gpt" { randint(0, 16, n, 8) } else { randint(0, 3, n) }
let d = dataset(x, y)
let most = number(args[1])
let h = train net on (x, y) in d {
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: 0.01)
  steps: most
  batch: 40
  shards: 8
  clip: (norm: 1)
  checkpoint: args[2]
  resume: true
  quiet: true
}
save(net, args[3])
print(h.loss[-1])
