# W2: a dense classifier, ReLU, softmax cross entropy, minibatches drawn anew each epoch: `gd w2.gd FOLDER [wide]`.
# 784-128-10 in batches of 64, or wide: 784-512-512-10 in batches of 128 over a part of the data.
# Prints microseconds a step for SGD and for Adam, what gathering the minibatch takes included.

seed(3)
let wide = len(args) > 1
let data = dataset(npy("{args[0]}/x.npy"), npy("{args[0]}/y.npy"))
let rows = if wide { 12800 } else { 60000 }
let batch = if wide { 128 } else { 64 }
let steps = floor((rows + batch - 1) / batch)

model Small() {
  let first = Dense(784, 128)
  let last = Dense(128, 10)
  fn forward(x) = x |> first |> relu |> last
}

model Wide() {
  let first = Dense(784, 512)
  let second = Dense(512, 512)
  let last = Dense(512, 10)
  fn forward(x) = x |> first |> relu |> second |> relu |> last
}

fn measure(name, rule) {
  let net = if wide { Wide() } else { Small() }
  let part = if wide { data[0:rows] } else { data }
  let taken = []
  for turn in 0..3 {
    let h = train net on (x, y) in part { loss: cross_entropy(net(x), y); optimizer: rule; batch: batch; epochs: 1; quiet: true }
    if turn > 0 { taken = push(taken, h.seconds) }
  }
  print("W2{if wide { "wide" } else { "" }}_{name} {sort(tensor(taken))[1] * 1e6 / steps:.2f}")
}

measure("sgd", SGD(lr: 0.1))
measure("adam", Adam(lr: 1e-3))
