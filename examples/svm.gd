# A linear support vector machine by the hinge loss.
#
# Shows: the hinge, weight decay as part of the loss, a falling learning rate.
# Outcome: every point is on its side, and only the few nearest the border, the support vectors, are
# within the margin.

seed(5)

let n = 100
let x = concat(0.5 * randn(n, 2) - 1.5, 0.5 * randn(n, 2) + 1.5, axis: 0)
# The hinge wants -1 and 1 for labels, [N, 1] as the net's outputs are.
let y = concat(full(n, 1, value: -1), ones(n, 1), axis: 0)

let net = Dense(2, 1)
train net on (a, b) in dataset(x, y) {
  loss: hinge(net(a), b) + 0.005 * sum(net.W^2)
  optimizer: SGD(lr: cosine(0.2, steps: 2000), momentum: 0.9)
  epochs: 200
  batch: 20
  quiet: true
}

let margins = net(x) * y
let wrong = sum(margins <= 0)
let support = sum(margins < 1.01)
print("{wrong} of {2 * n} on the wrong side, {support} in the margin ({2 / norm(net.W):.2f} wide)")
assert(wrong == 0 and support >= 2 and support <= 30)
print("separated")
