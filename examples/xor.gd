# Exclusive or: the smallest problem that needs a hidden layer.
#
# Shows: a model with a shape on its argument and result, `stop:` on a condition.
# Outcome: training stops itself when the loss is below 0.01, and the four outputs are right.

seed(6)

model Net(hidden = 8) {
  let first = Dense(2, hidden)
  let last = Dense(hidden, 1)
  # N is whatever it is at the call, the same on both sides; 2 and 1 must be so.
  fn forward(x: [N, 2]) -> [N, 1] = x |> first |> tanh |> last
}

let x = [[0, 0], [0, 1], [1, 0], [1, 1]]
let y = [[0], [1], [1], [0]]

let net = Net()
let history = train net on (a, b) in dataset(x, y) {
  loss: binary_cross_entropy(net(a), b)
  optimizer: Adam(lr: 0.05)
  steps: 3000
  stop: loss < 0.01
  quiet: true
}

print("stopped by {history.stopped} with loss {history.loss[-1]:.4f}; {count(net)} numbers trained")
for (inputs, output) in zip(x, sigmoid(net(x))) { print("{inputs} -> {output[0]:.2f}") }
assert(history.stopped == "stop")
assert(all(round(sigmoid(net(x))) == y))
if len(args) > 0 { save(net, args[0]) }
print("learned")
