# Linear regression on two features of very different size.
#
# Shows: `standardize`, a Dense layer as a linear model, held-out data.
# Outcome: r2 above 0.99 on rows that were held out, and the weights are those that made the data.

seed(2)

# The price of a flat: 3 a square metre, less 10 for each floor it lies up, and noise.
let area = uniform(300, low: 30, high: 150)
let floors = f32(randint(0, 6, 300))
let price = 50 + 3 * area - 10 * floors + 5 * randn(300)

let all_rows = dataset(stack(area, floors, axis: 1), price)
let (raw_train, raw_test) = split(all_rows, 0.8)
# Both by the means and deviations of the first: what is held out must stay unknown.
let (train_set, test_set) = standardize(raw_train, raw_test)

let net = Dense(2, 1)
train net on (x, y) in train_set {
  # net(x) is [N, 1] and y is [N]; their difference would be [N, N], so y is made a column.
  loss: mse(net(x), y[:, none])
  optimizer: SGD(lr: 0.05, momentum: 0.9)
  epochs: 60
  batch: 32
  quiet: true
}

# Weights of standardized columns, brought back to the columns' own units.
let own = net.W[:, 0] / std(raw_train.x, axis: 0)
let score = r2(net(test_set.x), test_set.y[:, none])
print("a square metre costs {own[0]:.2f}, a floor {own[1]:.2f}; r2 of held-out rows {score:.4f}")
assert(score > 0.99)
assert(abs(own[0] - 3) < 0.1 and abs(own[1] + 10) < 1)
print("the weights are found")
