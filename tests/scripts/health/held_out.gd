# Validation data of another distribution: found by its inputs, images or targets; and columns of
# which a few rows hold all the deviation, as the borders of images do, are not.
# options: --quiet
seed(3)
let x = randn(300, 2)
let y = x[:, 0] + 2 * x[:, 1]
let net = Dense(2, 1)
fn fit(held) {
  train net on (a, b) in dataset(x, y) {
    loss: mse(net(a)[:, 0], b); optimizer: SGD(lr: 0.1); epochs: 8; batch: 50; validate: held; health: true
  }
}
let held = randn(100, 2)
fit(dataset(held * [1, 6], held[:, 0] + 12 * held[:, 1]))
# expect stderr: held_out.gd:10:
# expect stderr: another distribution: column 1 has mean
fit(dataset(held, held[:, 0] + 2 * held[:, 1] + 9))
# expect stderr: another distribution: its targets have mean
let images = rand(200, 1, 8, 8)
let head = chain(Flatten(), Dense(64, 1))
train head on (a, b) in dataset(images, mean(flatten(images), axis: 1)) {
  loss: mse(head(a)[:, 0], b); optimizer: SGD(lr: 0.01); epochs: 8; batch: 50; health: true
  validate: dataset(100 * images[:50], mean(flatten(images), axis: 1)[:50])
}
# expect stderr: another distribution: the means of its rows are about
let rare = concat(x, one_hot([0], 300)' * 40, axis: 1)
let wide = Dense(3, 1)
train wide on (a, b) in dataset(rare, y) {
  loss: mse(wide(a)[:, 0], b); optimizer: SGD(lr: 0.001); epochs: 8; batch: 50; health: true
  validate: dataset(concat(held, zeros(100, 1), axis: 1), held[:, 0] + 2 * held[:, 1])
}
print("no more")
# expect: no more
