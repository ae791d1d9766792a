# A comprehension is part of the recorded step, over what is known and over rows of the minibatch.
seed(3)
let data = line_data(64, noise: 0)
let w = param([0, 0])
let h = train w on (x, y) in data {
  loss: mean([mse(w[0] * x[:, 0] * k + w[1] * k, k * y) for k in [1, 2]])
  optimizer: Adam(lr: 0.1)
  epochs: 200
  batch: 16
  quiet: true
}
print(h.loss[-1] < 1e-3, abs(w[0] - 2) < 0.05)            # expect: true true
