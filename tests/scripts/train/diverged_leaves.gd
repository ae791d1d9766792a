# args: {tmp}
# A run that diverges at step k leaves what a run of k - 1 steps leaves: values, buffers, the optimizer's states, the checkpoint.
let k = 6
seed(3)
let (x, y) = (randn(24, 3), randn(24, 1))

model Net() {
  let first = Dense(3, 6)
  let norm = BatchNorm(6)
  let second = Dense(6, 1)
  buffer count = 0
  fn forward(x) {
    count = count + 1
    x |> first |> norm |> tanh |> dropout(0.2) |> second
  }
}

fn held(net) = concat(flatten_tree([p.1 for p in parameters(net)]).0, net.norm.mean_, net.norm.variance_, reshape(net.count, 1))

fn run(net, o, rows, factor, steps, resume, path) {
  seed(9)
  train net on (x, y, w) in dataset(rows, y, factor) {
    loss: mean(w[:, none] * (net(x) - y)^2)
    optimizer: o
    steps: steps
    batch: 3
    shuffle: false
    on_divergence: "stop"
    checkpoint: path
    resume: resume
    quiet: true
  }
}

# What a run leaves, and what follows from it: by its optimizer, and by one that its checkpoint fills.
fn leaves(make, rows, factor, steps, name) {
  seed(5)
  let (net, again, o, other) = (Net(), Net(), make(), make())
  assign(again, net)
  let h = run(net, o, rows, factor, steps, false, name)
  let there = copy(held(net))
  let r = run(again, other, rows, factor, h.steps, true, name)
  let read = copy(held(again))
  run(net, o, x, ones(24), 4, false, "{args[0]}/later.ckpt")
  run(again, other, x, ones(24), 4, false, "{args[0]}/later.ckpt")
  (h, list(there, h.step_loss, h.steps, o.steps, held(net), read, r.step_loss, held(again)))
}
let wild = x
wild[3 * k - 3, 1] = 1e30   # ruins what is worked out from the rows
let factors = ones(24)
factors[3 * k - 3] = 1e38   # ruins the gradient alone, or what is made of it
let makers = (adam: fn() = Adam(lr: 0.05), sgd: fn() = SGD(lr: 0.1, momentum: 0.9), muon: fn() = Muon(),
  lookahead: fn() = Lookahead(Adam(lr: 0.05), k: 2), kfac: fn() = KFAC(), sam: fn() = SAM(Adam()), prodigy: fn() = Prodigy())
for name in keys(makers) {
  for (rows, factor) in [(x, factors), (wild, ones(24))] {
    let (h, ruined) = leaves(makers[name], rows, factor, 100, "{args[0]}/ruined.ckpt")
    let (g, whole) = leaves(makers[name], rows, factor, h.steps, "{args[0]}/whole.ckpt")
    let same = all([all(a == b) for (a, b) in zip(whole, ruined)])
    print("{name}: {h.stopped} after {h.steps} steps, {same}")
  }
}
# expect: adam: diverged after 5 steps, true
# expect: adam: diverged after 5 steps, true
# expect: sgd: diverged after 6 steps, true
# expect: sgd: diverged after 5 steps, true
# expect: muon: diverged after 5 steps, true
# expect: muon: diverged after 5 steps, true
# expect: lookahead: diverged after 5 steps, true
# expect: lookahead: diverged after 5 steps, true
# expect: kfac: diverged after 5 steps, true
# expect: kfac: diverged after 5 steps, true
# expect: sam: diverged after 5 steps, true
# expect: sam: diverged after 5 steps, true
# expect: prodigy: diverged after 5 steps, true
# expect: prodigy: diverged after 5 steps, true
