# A training that ends early and goes on another day.
#
# Shows: `checkpoint:` and `resume:`.  Writes checkpoint.ckpt into the working directory.
# Outcome: ten epochs in one go, and four, then a start anew that goes on from the file to ten, end
# with the same bits: values, moments of the optimizer, shuffles, history, all of it.

# Everything from the start of a script to its end.
fn run(epochs, go_on) {
  seed(12)
  let data = moons(400, noise: 0.1)
  let net = chain(Dense(2, 16), tanh, Dense(16, 2))
  let history = train net on (x, y) in data {
    loss: cross_entropy(net(x), y)
    optimizer: Adam(lr: cosine(0.02, steps: 200))
    batch: 20
    epochs: epochs                 # in all: those that the file has already count
    checkpoint: "checkpoint.ckpt"  # written after each epoch; a kill leaves the old file or the new
    resume: go_on                  # no such file: it starts anew, so a script may always say true
    quiet: true
  }
  (net, history)
}

let (net, history) = run(10, false)

let (_, begun) = run(4, false)
print("ended after {begun.epochs} epochs, loss {begun.loss[-1]:.4f}")
let (other, gone_on) = run(10, true)   # made anew, then filled from the file
print("gone on to {gone_on.epochs} epochs, loss {gone_on.loss[-1]:.4f}")

assert(gone_on.steps == 200 and all(gone_on.loss == history.loss))
for ((name, a), (_, b)) in zip(parameters(net), parameters(other)) { assert(all(a == b), name) }
print("the same bits as in one go")
