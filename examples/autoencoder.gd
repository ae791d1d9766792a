# Points in space described by one number each, beside the best that a straight line can do.
#
# Shows: a net whose narrow middle is the result, a model with two functions, `svd`.
# Outcome: what the net gives back from one number a point is ten times nearer (in the mean square)
# than the nearest points of the best line, the first principal component.

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
  loss: mse(net(x), x)      # the input is its own target: there are no labels
  optimizer: Adam(lr: cosine(5e-3, steps: 4000))
  batch: 60
  epochs: 400
  quiet: true
}

# Singular values of the centred points: the first is along the best line, the others are off it.
let spread = svd(points - mean(points, axis: 0))[1]
let straight = sum(spread[1:]^2) / size(points)
let bent = mse(net(points), points)
if len(args) > 0 { save(net, args[0]) }
print("from one number a point: best line {straight:.4f} off, autoencoder {bent:.4f} (mean square)")
assert(bent < straight / 10)
print("it has found the curve")
