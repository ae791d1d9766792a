# A net that knows the digits 0 to 6 learns 7, 8 and 9 from thirty pictures.
#
# Shows: `save` and `load` of a part, `freeze`, `unfreeze`.  Writes body.safetensors.
# Outcome: its accuracy is higher by 0.05 or more than that of a net that has those pictures alone.

seed(14)
let path = if len(args) > 0 { args[0] } else { "body.safetensors" }

model Net(classes) {
  let body = chain(Flatten(), Dense(784, 64), relu, Dense(64, 32), relu)   # pictures to features
  let head = Dense(32, classes)                                            # features to scores
  fn forward(x: [N, 28, 28]) -> [N, classes] = x |> body |> head
}

fn fit(net, data, rate, epochs) {
  train on (x, y) in data {   # no targets: everything the loss reaches that is not frozen
    loss: cross_entropy(net(x), y)
    optimizer: Adam(lr: rate)
    epochs: epochs
    batch: 30
    quiet: true
  }
}

let drawn = digits(4000)
let (old, new) = (drawn.y < 7, drawn.y >= 7)   # bools as an index take the rows where they are true
let known = Net(7)
fit(known, dataset(drawn.x[old], drawn.y[old]), 2e-3, 10)
save(known.body, path)

# Classes count from 0, so 7 8 9 become 0 1 2.
let (few, rest) = split(dataset(drawn.x[new], drawn.y[new] - 7), rows: 30)
let net = Net(3)
load(net.body, path)
freeze(net.body)   # the head starts at random: its first gradients would spoil the body
fit(net, few, 1e-2, 100)
unfreeze(net.body)
fit(net, few, 1e-4, 100)   # then all of it, with a small rate

let fresh = Net(3)
fit(fresh, few, 1e-2, 100)
let (tuned, alone) = (accuracy(net(rest.x), rest.y), accuracy(fresh(rest.x), rest.y))
print("accuracy tuned {tuned:.3f}, from nothing {alone:.3f}, on {len(rest)} pictures never seen")
assert(tuned > alone + 0.05)
print("pretraining helps")
