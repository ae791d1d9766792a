# The pictures: here in the terminal; with `save: "curve.svg"` (or .png) they go into a file.
#
# Shows: contours with a path, curves, boundaries, points, histograms, bars, tables, images.
# Outcome: the descent ends at Rosenbrock's minimum, the net is right on 95 % of the moons.

fn rosenbrock(p) = (1 - p[0])^2 + 100 * (p[1] - p[0]^2)^2

# A path to draw: gradient descent with momentum, each point kept.
let p = param([-1.5, 2])
let points = list(copy(p))
let descent = SGD(lr: 0.001, momentum: 0.9)
for step in 1..3000 {
  update p { loss: rosenbrock(p); optimizer: descent }
  points = push(points, copy(p))
}
contour(rosenbrock, x: (-2, 2), y: (-1, 3), path: tensor(points), title: "a valley", height: 20)

let d = moons(300, noise: 0.1)
let net = chain(Dense(2, 16), tanh, Dense(16, 2))
let history = train net on (x, y) in d {
  loss: cross_entropy(net(x), y)
  metrics: (accuracy: accuracy(net(x), y))
  optimizer: Adam(lr: 0.03)
  epochs: 60
  batch: 50
  quiet: true
}
plot(history, log: "y", title: "the loss, epoch by epoch", height: 14)
boundary(net, d, title: "where the net decides for which moon", height: 20)

# What they are given is plain tensors, lists and tuples.
let (across, up) = (d.x[:, 0], d.x[:, 1])
let names = ["upper", "lower"]
let right = sum(argmax(net(d.x), axis: 1) == d.y)
scatter_plot(across, up, classes: d.y, names: names, title: "the points alone", height: 16)
histogram((first: across, second: up), bins: 16, height: 12)
bars((right: right, wrong: len(d) - right), title: "rows", height: 8)
show_table(confusion_matrix(net(d.x), d.y), names: names, title: "taken for", height: 8)
show_image(digits(6).x, title: "digits", height: 24)
let x = linspace(-4, 4, 200)
plot(x, (tanh: tanh(x), sin: sin(x), relu: relu(x) / 4), title: "three functions", x_label: "x")

assert(norm(points[-1] - 1) < 0.01)
assert(history.accuracy[-1] >= 0.95)
print("{len(points)} points to ({p[0]:.3f}, {p[1]:.3f}); accuracy {history.accuracy[-1]:.2f}")
