# A part that fails leaves nothing behind: neither params, buffers, metrics nor the steps of an optimizer.
model Seen {
  param w = 1
  buffer calls = i32(0)
  fn forward(x) {
    if training { calls = calls + 1 }
    log(w * x)
  }
}
let s = Seen()
let g = Seen()
let d = dataset([1, 1, 1, 1, 1, -1])
let h = train on a in d {
  update s { loss: mean(abs(s(abs(a)))); optimizer: GD(lr: 0.1) }
  update g { loss: mean(g(a)); optimizer: GD(lr: 0.1) }
  epochs: 2
  batch: 2
  shards: 2
  shuffle: false
  on_divergence: "stop"
  quiet: true
}
print(h.stopped, h.steps, s.calls, g.calls)   # expect: diverged 2 2 2
# two updates in parts, in order: the second sees what the first made
let p = param(1.0)
let q = param(1.0)
train on a in dataset([1, 2, 3, 4]) {
  update p { loss: mean(p * a); optimizer: GD(lr: 0.2) }
  update q { loss: mean(p * q * a); optimizer: GD(lr: 0.2) }
  steps: 1
  shards: 3
  quiet: true
}
print(abs(p - 0.5) < 1e-6, abs(q - 0.75) < 1e-6)   # expect: true true
