# A generator against a discriminator: points on a circle, made from noise.
#
# Shows: a `train` with two `update`s, each with its own target, loss and optimizer.
# Outcome: the generated points are on average less than 0.3 away from the circle of radius 2, and
# at least 15 % of them lie in each of its four quarters.

seed(13)

let angle = 2 * pi * rand(2000)
let real = stack(2 * cos(angle), 2 * sin(angle), axis: 1) + 0.05 * randn(2000, 2)

let maker = chain(Dense(4, 32), relu, Dense(32, 32), relu, Dense(32, 2))   # noise to point
let judge = chain(Dense(2, 32), leaky_relu, Dense(32, 32), leaky_relu, Dense(32, 1))   # to logit
fn made(n) = maker(randn(n, 4))

# No targets after `train`: each update names its own.  In each step they run in this order, and the
# second sees the values that the first has changed.
train on x in real {
  update judge {   # 1 is wanted for real points, 0 for generated ones
    loss: binary_cross_entropy(judge(x), ones(len(x), 1))
      + binary_cross_entropy(judge(made(len(x))), zeros(len(x), 1))
    optimizer: Adam(lr: 1e-3, beta1: 0.5)
  }
  update maker {   # the judge should say 1; the gradient goes through it, but it is not changed
    loss: binary_cross_entropy(judge(made(len(x))), ones(len(x), 1))
    optimizer: Adam(lr: 1e-3, beta1: 0.5)
  }
  epochs: 100
  batch: 64
  quiet: true
}

let points = made(1000)
let off = mean(abs(norm(points, axis: 1) - 2))
let quarter = 2 * (points[:, 0] > 0) + (points[:, 1] > 0)   # 0 to 3
let counts = map(fn(q) = sum(quarter == q), 0..3)
if len(args) > 0 { save(maker, args[0]) }
print("{off:.2f} off the circle on average; in its four quarters {counts} of {len(points)}")
assert(off < 0.3 and min(tensor(counts)) > 150)
print("a circle")
