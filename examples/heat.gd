# A physics-informed net: the heat equation solved by a net that is told the equation alone.
#
# Shows: derivatives of a net in its inputs inside a loss (`grad` under `train`), no data at all.
# Outcome: u(x, t) is off from exp(-pi^2 t / 4) sin(pi x), the exact answer, by less than 0.02.

seed(29)

# u_t = u_xx / 4 on 0 < x < 1, with u(0, t) = u(1, t) = 0 and u(x, 0) = sin(pi x): the form of the
# answer keeps the latter by itself.
let net = chain(Dense(2, 32), tanh, Dense(32, 32), tanh, Dense(32, 1))
fn u(x, t) = sin(pi * x) + t * x * (1 - x) * net(stack(x, t, axis: 1))[:, 0]

# Rows do not touch each other: the gradient of the sum is the derivative of each.
fn u_x(x, t) = grad(fn(x) = sum(u(x, t)))(x)
fn u_xx(x, t) = grad(fn(x) = sum(u_x(x, t)))(x)
fn u_t(x, t) = grad(fn(t) = sum(u(x, t)))(t)

train net {
  loss: {
    let (x, t) = (rand(128), rand(128))
    mean((u_t(x, t) - u_xx(x, t) / 4)^2)
  }
  optimizer: Adam(lr: cosine(5e-3, steps: 1500))
  steps: 1500
  quiet: true
}

let (x, t) = (rand(2000), rand(2000))
let off = max(abs(u(x, t) - exp(-pi^2 * t / 4) * sin(pi * x)))
print("the net is off by {off:.4f} at most")
assert(off < 0.02)
