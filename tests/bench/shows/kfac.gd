# KFAC by minibatches of MNIST reaches in 80 steps the training loss at which SGD, its rate and momentum tuned, ends after 240.
#
# Data: ../shared/data's 10,000 digits, of which 8,000 train; without them nothing is shown.

let folder = option("data", "../shared/data")
if not exists("{folder}/t10k-images-idx3-ubyte.gz") {
  print("kfac: skipped, there is no {folder}/t10k-images-idx3-ubyte.gz")
  exit(0)
}
let images = idx("{folder}/t10k-images-idx3-ubyte.gz")[:8000]
let d = dataset(reshape(f32(images) / 255, 8000, 784), i32(idx("{folder}/t10k-labels-idx1-ubyte.gz")[:8000]))
fn ends(optimizer, steps) {
  seed(2)
  let net = chain(Dense(784, 100), relu, Dense(100, 10))
  let h = train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: optimizer; steps: steps; batch: 1000; on_divergence: "stop"; quiet: true }
  if h.stopped == "diverged" { inf } else { number(cross_entropy(net(d.x), d.y)) }
}
let best = inf
for rate in [0.1, 0.2, 0.4, 0.8] {
  for momentum in [0.9, 0.95] {
    let last = ends(SGD(lr: rate, momentum: momentum, nesterov: true), 240)
    print("SGD {rate} {momentum}: {last:.5f}")
    best = minimum(best, last)
  }
}
let kfac = ends(KFAC(), 80)
print("KFAC, 80 steps: {kfac:.5f}; the best SGD, 240 steps: {best:.5f}")
assert(kfac <= best)
