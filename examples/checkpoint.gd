# A training that is interrupted and goes on another day.
#
# Shows: `checkpoint:` and `resume:`.  Writes checkpoint.ckpt into the working directory.
# Outcome: ten epochs in one run, and four epochs and then a new run that goes on from the file to
# ten, give the same bits: parameters, and the loss of every epoch.

# Everything from the start of a script to its end.
fn run(epochs, go_on) {
  seed(12)
  let data = moons(400, noise: 0.1)
  let net = chain(Dense(2, 16), tanh, Dense(16, 2))
  let history = train net on (x, y) in data {
    loss: cross_entropy(net(x), y)
    optimizer: Adam(lr: cosine(0.02, steps: 200))
    batch: 20
    epochs: epochs                  # in total: the epochs that the file already has are counted
    checkpoint: "checkpoint.ckpt"   # replaced after each epoch; a kill never leaves half a file
    resume: go_on                   # without a file it starts anew, so a script may always say true
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
print("the same bits as in one run")
