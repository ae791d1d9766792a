# An autoencoder describes points in space by one number each, and does so better than PCA.
#
# Shows: a bottleneck, inputs that are their own targets, a model with two functions, `svd`.
# Outcome: the mean squared error of what it gives back is less than a tenth of that of the first
# principal component, the best that can be done with one number and a straight line.

seed(15)

# A spiral in space, and a little noise.
let t = 3 * rand(600)
let points = stack(cos(2 * t), sin(2 * t), t - 1.5, axis: 1) + 0.02 * randn(600, 3)

model Autoencoder(inner = 1) {
  let encoder = chain(Dense(3, 32), tanh, Dense(32, 32), tanh, Dense(32, inner))
  let decoder = chain(Dense(inner, 32), tanh, Dense(32, 32), tanh, Dense(32, 3))
  fn code(x: [N, 3]) -> [N, inner] = encoder(x)
  fn forward(x) = decoder(code(x))
}

let net = Autoencoder()
train net on x in points {
  loss: mse(net(x), x)   # the input is its own target: no labels
  optimizer: Adam(lr: cosine(5e-3, steps: 4000))
  batch: 60
  epochs: 400
  quiet: true
}

# The squared singular values of the centred points, but for the first, are the error of the line.
let spread = svd(points - mean(points, axis: 0))[1]
let straight = sum(spread[1:]^2) / size(points)
let bent = mse(net(points), points)
if len(args) > 0 { save(net, args[0]) }
print("mean squared error: principal component {straight:.4f}, autoencoder {bent:.4f}")
assert(bent < straight / 10)
print("it has found the curve")
