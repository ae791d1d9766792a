# L-BFGS on the whole of 8,000 MNIST digits reaches in 100 evaluations the loss for which gradient descent at its best rate needs 1,000.
#
# Data: ../shared/data's 10,000 digits; without them nothing is shown.  `--hidden 100` and `--rows 8000` as they stand.

let folder = option("data", "../shared/data")
let (hidden, rows, evaluations) = (option("hidden", 100), option("rows", 8000), option("evaluations", 100))
if not exists("{folder}/t10k-images-idx3-ubyte.gz") {
  print("lbfgs: skipped, there is no {folder}/t10k-images-idx3-ubyte.gz")
  exit(0)
}
let images = idx("{folder}/t10k-images-idx3-ubyte.gz")[:rows]
let d = dataset(reshape(f32(images) / 255, rows, 784), i32(idx("{folder}/t10k-labels-idx1-ubyte.gz")[:rows]))
# the rate: the best after a tenth of the evaluations, halved where it then diverges
fn descent(rate, steps) {
  seed(2)
  let net = chain(Dense(784, hidden), tanh, Dense(hidden, 10))
  let h = train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: GD(lr: rate); steps: steps; on_divergence: "stop"; quiet: true }
  if h.stopped == "diverged" { inf } else { h.step_loss[-1] }
}
let rates = [0.1, 0.2, 0.5, 1, 2]
let early = [descent(rate, evaluations) for rate in rates]
let best = rates[argmin(early)]
let slow = descent(best, 10 * evaluations)
seed(2)
let net = chain(Dense(784, hidden), tanh, Dense(hidden, 10))
let h = train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: LBFGS(); steps: floor(0.9 * evaluations); on_divergence: "stop"; quiet: true }
print("gradient descent, rate {best}: {early[argmin(early)]:.5f} after {evaluations} evaluations, {slow:.5f} after {10 * evaluations}")
print("L-BFGS: {h.step_loss[-1]:.5f} after {h.evaluations} evaluations")
assert(h.evaluations <= evaluations and h.step_loss[-1] <= slow)
