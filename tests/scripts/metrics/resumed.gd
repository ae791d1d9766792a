# an epoch resumed in its middle has the metrics of one that was not interrupted, bit for bit
# args: {tmp}
fn own(s, y) { let n = sum(s[:, 1] > s[:, 0]); if n == 0 { 0 } else { sum((s[:, 1] > s[:, 0]) and (y == 1)) / n } }
fn run(name, steps) {
  seed(6)
  let x = randn(60, 2)
  let y = i32(x[:, 0] > 0.8)
  let net = chain(Dense(2, 4), Dropout(0.2), Dense(4, 2))
  let h = train net on (x, y) in dataset(x, y) {
    loss: cross_entropy(net(x), y); optimizer: Adam(lr: 0.1); epochs: 2; steps: steps; batch: 16; quiet: true
    metrics: (f1: f1(net(x), y), auc: auc(net(x)[:, 1] - net(x)[:, 0], y), far: max(net(x)), size: l2(net), own: own(net(x), y))
    checkpoint: "{args[0]}/{name}"; resume: true
  }
  "{h.f1} {h.auc} {h.far} {h.size} {h.own} {h.loss}"
}
let whole = run("whole", 100)
let early = run("parts", 2)
print(run("parts", 2) == early)      # expect: true
let later = run("parts", 6)
print(run("parts", 100) == whole)    # expect: true
