# What one sigmoid unit cannot learn, and a hidden layer can.
#
# Shows: declaring a model, composing layers, why depth matters.
# Outcome: for x = 1 2 3 4 the targets alternate, 1 0 1 0.  A sigmoid of a line rises or falls, so
# it gets one of the four wrong at least, however long it is trained; eight hidden units get all.

seed(3)

let x = [[1], [2], [3], [4]]
let y = [[1], [0], [1], [0]]

model Unit() {
  let line = Dense(1, 1)
  # Less their mean, 2.5, the inputs lie around 0, where a sigmoid is steepest.
  fn forward(x: [N, 1]) -> [N, 1] = line(x - 2.5)
}

model Hidden(width = 8) {
  let first = Dense(1, width)
  let last = Dense(width, 1)
  fn forward(x: [N, 1]) -> [N, 1] = x - 2.5 |> first |> tanh |> last
}

fn learn(net) {
  let history = train net {
    loss: binary_cross_entropy(net(x), y)
    optimizer: Adam(lr: 0.05)
    steps: 3000
    quiet: true
  }
  history.loss[-1]
}

let unit = Unit()
let unit_loss = learn(unit)
print("one unit:      loss {unit_loss:.4f}, outputs {sigmoid(unit(x))[:, 0]:.2f}")
assert(unit_loss > 0.5 and accuracy(unit(x), y) <= 0.75)

let hidden = Hidden()
let hidden_loss = learn(hidden)
print("hidden layer:  loss {hidden_loss:.4f}, outputs {sigmoid(hidden(x))[:, 0]:.2f}")
assert(hidden_loss < 0.05 and accuracy(hidden(x), y) == 1)
print("a line cannot, a hidden layer can")
