# In the validation set, in a last minibatch that is shorter, and with an embedding.
let words = [[0, 1], [2, 0], [1, 1], [0, 2], [5, 0]]
let table = Embedding(3, 2)
let net = Dense(2, 1)
let good = dataset(words[:3], ones(3))
train net, table on (x, y) in good {
  loss: mse(net(mean(table(x), axis: 1))[:, 0], y)   # expect error: numbers from 0 to 2: found 5
  optimizer: GD()
  epochs: 2
  batch: 2
  validate: dataset(words, ones(5))                  # expect error: row 4 of the validation data
  quiet: true
}
