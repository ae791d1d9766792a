# What forge.c runs, from standard input: it puts `let limit = …` before this.  In a text from standard
# input a line that fails is told, and the lines behind it still show what there is.
seed(4)
let shared = SGD(lr: 0.05, momentum: 0.9)
let early = param([0.5, 1])
let before = train early { loss: sum(early^2); optimizer: shared; steps: 3; quiet: true }
model Net() {
  param w = [[0.5, -0.25], [0.125, 1]]
  param b = [0.1, 0.2]
  buffer seen = [0, 0]
  fn forward(x: [N, 2]) -> [N, 2] = {
    if training { seen = seen + mean(x, axis: 0) }
    x @ w + b
  }
}
let x = [[1, 2], [3, 4], [5, 6], [7, 8], [2, 1], [4, 3], [6, 5]] / 8
let y = [0, 1, 0, 1, 1, 0, 1]
let held = dataset(x[:3], y[:3])
let net = Net()
let aside = param([0.3, 0.6])
let (shadow, seen) = (param([0.3, 0.6]), "none")
let other = Adam(lr: 0.01)
let fresh = (net.w * 1, net.b * 1, net.seen * 1, aside * 1)
let history = train on (x, y) in dataset(x, y) {
  update net { loss: cross_entropy(net(x), y) + 0.01 * mean(rand(2)); optimizer: shared; clip: (norm: 2) }
  update aside { loss: sum((aside - mean(x))^2); optimizer: other }
  epochs: 9
  steps: limit
  batch: 2
  metrics: (accuracy: accuracy(net(x), y), middle: sort(reshape(net(x), -1))[1])
  validate: held
  keep: best(val_loss)
  average: ema(0.9)
  stop: stalled(loss, 20)
  each_step: { assign(shadow, 0.5 * shadow + 0.5 * aside); seen = (step: step, of: [loss, 1]) }
  checkpoint: "run.ckpt"
  resume: true
  quiet: true
}
let unchanged = all(net.w == fresh.0) and all(net.b == fresh.1) and all(net.seen == fresh.2) and all(aside == fresh.3) and all(shadow == fresh.3) and type(seen) == "string" and shared.steps == 3 and other.steps == 0
print("unchanged", unchanged)
print("net", net.w, net.b, net.seen, aside, shared.steps, other.steps)
print(history.steps, history.epochs, history.stopped, history.loss, history.step_loss, history.accuracy, history.middle, history.val_loss)
