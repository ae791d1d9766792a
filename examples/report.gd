# A page about a training, and a log of it: handwritten digits, with what was taken for what.
#
# Shows: `report:`, one file that any browser opens; `log:`, an object a line, read by `jsonl`.
# Outcome: three in four of the held-out digits are right, and the log says so as the history does.

seed(3)
let (rest, held) = split(shuffle(digits(500)), 0.8)
let net = chain(Flatten(), Dense(784, 16), relu, Dense(16, 10))
let folder = option("folder", ".")

let h = train net on (x, y) in rest {
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: 0.01)
  epochs: 12
  batch: 32
  validate: held
  metrics: accuracy(net(x), y)
  log: "{folder}/digits.jsonl"
  report: "{folder}/digits.html"
}

let lines = jsonl("{folder}/digits.jsonl")
let right = [line.val_accuracy for line in lines if line.event == "epoch"]
print("a log of {len(lines)} lines: {lines[0].settings.optimizer} at {lines[0].settings.lr}, then")
plot(right, title: "held-out accuracy by epoch", width: 60, height: 10)
assert(all(right == h.val_accuracy) and right[-1] > 0.75)
assert(len(read("{folder}/digits.html")) < 1_000_000)
