# First-order optimizers: each sees a tensor p and its gradient g, once per step.
#
# They are declarations like any user's. `t` is the number of the step, from 1; a state starts at its initial value in
# the shape of p. The formulas are those of the papers; where PyTorch's convention or default differs, PyTorch's is used
# and the comment says so. Any hyperparameter may be a schedule, so the code branches only on those that turn a term
# off.
#
# Second moments are accumulated as `((1 - beta2) * g) * g`: in f32 the plain square overflows for gradients from 1.8e19
# on, and the tensor would stop moving; this form reaches about 30 times further. A larger gradient gives a value that
# is not finite, and the step that makes it is an error.
#
# `assert` checks the range of each hyperparameter when the optimizer is created and whenever the value changes; a value
# out of range is an error.

## Gradient descent: `p - lr g` (Cauchy, 1847).
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: GD(lr: 0.1); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer GD(lr = 0.01) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  fn step(p, g) {
    p = p - lr * g
  }
}

## Stochastic gradient descent with momentum (Polyak, 1964; Nesterov, 1983; Sutskever et al., 2013):
## `v = momentum v + g`, then `p - lr v`, or with nesterov `p - lr (g + momentum v)`. weight_decay adds `weight_decay p`
## to g. As in PyTorch, the rate multiplies v when it is applied, not when it is accumulated; there is no dampening.
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: SGD(lr: 0.1); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer SGD(lr = 0.01, momentum = 0, nesterov = false, weight_decay = 0) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(momentum >= 0 and momentum < 1, "momentum must be from 0 to below 1, it is {momentum}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  state v = 0
  fn step(p, g) {
    let d = if weight_decay == 0 { g } else { g + weight_decay * p }
    if momentum == 0 {
      p = p - lr * d
    } else {
      v = momentum * v + d
      p = p - lr * (if nesterov { d + momentum * v } else { v })
    }
  }
}

## Divides the rate of each element by the root of its sum of squared gradients: `s = s + g^2`,
## `p - lr g / (sqrt(s) + eps)` (Duchi, Hazan and Singer, "Adaptive Subgradient Methods", JMLR 12, 2011).
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: Adagrad(lr: 1); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer Adagrad(lr = 0.01, eps = 1e-10, weight_decay = 0) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  state s = 0
  fn step(p, g) {
    let d = if weight_decay == 0 { g } else { g + weight_decay * p }
    s = s + d * d
    p = p - lr * d / (sqrt(s) + eps)
  }
}

## Steps in the units of p: multiplies the gradient by the ratio of the running root mean squares of past steps and of
## gradients, `d = sqrt(u + eps) / sqrt(s + eps) g` (Zeiler, "ADADELTA", 2012). lr, 1 in the paper, multiplies the step.
##
##     let w = param([3, -2])
##     let h = train w { loss: sum(w^2); optimizer: Adadelta(lr: 10); steps: 300 }
##     print(h.loss[-1] < 0.1)   # expect: true
optimizer Adadelta(lr = 1, rho = 0.9, eps = 1e-6) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(rho >= 0 and rho < 1, "rho must be from 0 to below 1, it is {rho}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  state s = 0   # of squared gradients
  state u = 0   # of squared steps
  fn step(p, g) {
    s = rho * s + (1 - rho) * g * g
    let d = sqrt(u + eps) / sqrt(s + eps) * g
    u = rho * u + (1 - rho) * d * d
    p = p - lr * d
  }
}

## Divides the gradient by its running root mean square: `s = alpha s + (1 - alpha) g^2`, `p - lr g / (sqrt(s) + eps)`
## (Tieleman and Hinton, lecture 6.5 of "Neural Networks for Machine Learning", 2012). Defaults and extras are
## PyTorch's: `momentum` accumulates the steps; `centered` subtracts the square of the running mean from s (Graves,
## 2013).
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: RMSprop(lr: 0.1); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer RMSprop(lr = 0.01, alpha = 0.99, eps = 1e-8, momentum = 0, centered = false, weight_decay = 0) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(alpha >= 0 and alpha < 1, "alpha must be from 0 to below 1, it is {alpha}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  assert(momentum >= 0 and momentum < 1, "momentum must be from 0 to below 1, it is {momentum}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  state s = 0
  state m = 0   # running mean of g, when centered
  state v = 0   # gathered steps, with momentum
  fn step(p, g) {
    let d = if weight_decay == 0 { g } else { g + weight_decay * p }
    s = alpha * s + (1 - alpha) * d * d
    if centered { m = alpha * m + (1 - alpha) * d }
    let scale = if centered { sqrt(maximum(s - m * m, 0)) + eps } else { sqrt(s) + eps }
    if momentum == 0 {
      p = p - lr * d / scale
    } else {
      v = momentum * v + d / scale
      p = p - lr * v
    }
  }
}

## Running means of the gradient, m, and of its square, v, both corrected for their bias towards zero (m^, v^):
## `p - lr m^ / (sqrt(v^) + eps)` (Kingma and Ba, "Adam", 2015, algorithm 1).
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: Adam(lr: 0.1); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer Adam(lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(beta1 >= 0 and beta1 < 1, "beta1 must be from 0 to below 1, it is {beta1}")
  assert(beta2 >= 0 and beta2 < 1, "beta2 must be from 0 to below 1, it is {beta2}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  state m = 0
  state v = 0
  fn step(p, g) {
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    let root = sqrt(1 - beta2^t)   # the corrections as numbers, in the order that the paper's section 2 recommends
    p = p - lr * root / (1 - beta1^t) * m / (sqrt(v) + eps * root)
  }
}

## Adam for embedding tables of which a step reads few rows. Where the gradient is exactly 0, neither p nor the running
## means change, so the cost of a step depends only on the rows that it reads (PyTorch's SparseAdam). In Adam, a row
## that was read once keeps moving.
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: SparseAdam(lr: 0.1); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer SparseAdam(lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(beta1 >= 0 and beta1 < 1, "beta1 must be from 0 to below 1, it is {beta1}")
  assert(beta2 >= 0 and beta2 < 1, "beta2 must be from 0 to below 1, it is {beta2}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  state m = 0
  state v = 0
  fn step(p, g) {
    let used = g != 0
    m = where(used, beta1 * m + (1 - beta1) * g, m)
    v = where(used, beta2 * v + (1 - beta2) * g * g, v)
    let root = sqrt(1 - beta2^t)
    p = where(used, p - lr * root / (1 - beta1^t) * m / (sqrt(v) + eps * root), p)
  }
}

## Adam with decoupled weight decay, which is not part of the gradient:
## `p - lr weight_decay p - lr m^ / (sqrt(v^) + eps)` (Loshchilov and Hutter, "Decoupled Weight Decay Regularization",
## 2019; PyTorch's default of 0.01). `decay: "matrices"` leaves vectors and numbers (biases, scales of norms) without
## decay.
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: AdamW(lr: 0.1); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer AdamW(lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0.01, decay = "all") {
  assert(decay == "all" or decay == "matrices", "decay must be \"all\" or \"matrices\", it is {decay}")
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(beta1 >= 0 and beta1 < 1, "beta1 must be from 0 to below 1, it is {beta1}")
  assert(beta2 >= 0 and beta2 < 1, "beta2 must be from 0 to below 1, it is {beta2}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  state m = 0
  state v = 0
  fn step(p, g) {
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    let root = sqrt(1 - beta2^t)
    p = p - lr * _decay(p, weight_decay, decay) * p - lr * root / (1 - beta1^t) * m / (sqrt(v) + eps * root)
  }
}

# The weight decay of a tensor.
fn _decay(p, weight_decay, of) = if of == "all" or rank(p) > 1 { weight_decay } else { 0 }

## Adam in which the rate of an element never rises again: it divides by the root of the largest v so far (Reddi, Kale
## and Kumar, "On the Convergence of Adam and Beyond", 2018; with Adam's bias correction, as in PyTorch).
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: AMSGrad(lr: 0.1); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer AMSGrad(lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(beta1 >= 0 and beta1 < 1, "beta1 must be from 0 to below 1, it is {beta1}")
  assert(beta2 >= 0 and beta2 < 1, "beta2 must be from 0 to below 1, it is {beta2}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  state m = 0
  state v = 0
  state most = 0
  fn step(p, g) {
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    most = maximum(most, v)
    let root = sqrt(1 - beta2^t)
    p = p - lr * root / (1 - beta1^t) * m / (sqrt(most) + eps * root)
  }
}

## Adam with a decaying maximum of the gradient in place of the root mean square: `u = max(beta2 u, |g| + eps)`,
## `p - lr / (1 - beta1^t) m / u` (Kingma and Ba, 2015, algorithm 2; eps as in PyTorch).
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: Adamax(lr: 0.1); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer Adamax(lr = 2e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(beta1 >= 0 and beta1 < 1, "beta1 must be from 0 to below 1, it is {beta1}")
  assert(beta2 >= 0 and beta2 < 1, "beta2 must be from 0 to below 1, it is {beta2}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  state m = 0
  state u = 0
  fn step(p, g) {
    m = beta1 * m + (1 - beta1) * g
    u = maximum(beta2 * u, abs(g) + eps)
    p = p - lr / (1 - beta1^t) * m / u
  }
}

## Adam with Nesterov momentum, whose coefficient rises to beta1: `mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2)`,
## `m = mu_t m + (1 - mu_t) g`, and in place of m^ it uses
## `mu_(t+1) m / (1 - mu_1 ... mu_(t+1)) + (1 - mu_t) g / (1 - mu_1 ... mu_t)` (Dozat, "Incorporating Nesterov Momentum
## into Adam", 2016, algorithm 2; v^ as in Adam). PyTorch differs: it accumulates m with beta1 itself. Weight decay is
## decoupled, as in AdamW, with its `decay`.
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: NAdam(lr: 0.1); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer NAdam(lr = 2e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, momentum_decay = 0.004, weight_decay = 0, decay = "all") {
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  assert(decay == "all" or decay == "matrices", "decay must be \"all\" or \"matrices\", it is {decay}")
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(beta1 >= 0 and beta1 < 1, "beta1 must be from 0 to below 1, it is {beta1}")
  assert(beta2 >= 0 and beta2 < 1, "beta2 must be from 0 to below 1, it is {beta2}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  assert(momentum_decay >= 0, "momentum_decay must be 0 or more, it is {momentum_decay}")
  state m = 0
  state v = 0
  state product = ones() * ones_like(sum(p))   # of the momenta so far: one number a tensor
  fn step(p, g) {
    let mu = beta1 * (1 - 0.5 * 0.96^(t * momentum_decay))
    let next = beta1 * (1 - 0.5 * 0.96^((t + 1) * momentum_decay))
    product = product * mu
    m = mu * m + (1 - mu) * g
    v = beta2 * v + (1 - beta2) * g * g
    let root = sqrt(1 - beta2^t)
    let ahead = next / (1 - product * next) * m + (1 - mu) / (1 - product) * g
    let d = root * ahead / (sqrt(v) + eps * root)
    p = p - lr * (if weight_decay == 0 { d } else { d + _decay(p, weight_decay, decay) * p })
  }
}

## Adam with a rectified step: while too few steps were made for a reliable variance (rho at most 5) it moves by m^
## alone; later the step is multiplied by the correction r (Liu et al., "On the Variance of the Adaptive Learning Rate
## and Beyond", 2020, algorithm 2). The bound 5 and eps, which is added to the root of v before the bias correction, are
## from the authors' code and PyTorch; the paper has 4 and no eps.
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: RAdam(lr: 0.1); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer RAdam(lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(beta1 >= 0 and beta1 < 1, "beta1 must be from 0 to below 1, it is {beta1}")
  assert(beta2 >= 0 and beta2 < 1, "beta2 must be from 0 to below 1, it is {beta2}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  state m = 0
  state v = 0
  fn step(p, g) {
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    let most = 2 / (1 - beta2) - 1
    let rho = most - 2 * t * beta2^t / (1 - beta2^t)
    let known = maximum(rho, 5)   # so that the root below has a value where it is not used
    let r = sqrt((known - 4) * (known - 2) * most / ((most - 4) * (most - 2) * known))
    let steady = m / (1 - beta1^t)
    p = p - lr * where(rho > 5, r * sqrt(1 - beta2^t) * steady / (sqrt(v) + eps), steady)
  }
}

## The sign of a mix of momentum and gradient: `p - lr (sign(beta1 m + (1 - beta1) g) + weight_decay p)`,
## `m = beta2 m + (1 - beta2) g` (Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023).
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: Lion(lr: 0.05); steps: 300 }).loss[-1] < 0.01)   # expect: true
optimizer Lion(lr = 1e-4, beta1 = 0.9, beta2 = 0.99, weight_decay = 0) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(beta1 >= 0 and beta1 < 1, "beta1 must be from 0 to below 1, it is {beta1}")
  assert(beta2 >= 0 and beta2 < 1, "beta2 must be from 0 to below 1, it is {beta2}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  state m = 0
  fn step(p, g) {
    p = p - lr * (sign(beta1 * m + (1 - beta1) * g) + weight_decay * p)
    m = beta2 * m + (1 - beta2) * g
  }
}

## The sign of the gradient, or with momentum that of its running mean: `m = momentum m + (1 - momentum) g`,
## `p - lr sign(m)` (Bernstein et al., "signSGD", 2018, algorithms 1 and 2).
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: SignSGD(lr: 0.01); steps: 300 }).loss[-1] < 0.01)   # expect: true
optimizer SignSGD(lr = 1e-3, momentum = 0, weight_decay = 0) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(momentum >= 0 and momentum < 1, "momentum must be from 0 to below 1, it is {momentum}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  state m = 0
  fn step(p, g) {
    m = momentum * m + (1 - momentum) * g
    p = p - lr * (sign(m) + weight_decay * p)
  }
}

## A step size for each element, multiplied by `grow` while the sign of its gradient stays and by `shrink` when it
## changes; in that step the element does not move (Riedmiller and Braun, "RPROP", 1993; the variant without
## backtracking, as in PyTorch). Step sizes stay between `least` and `most`; lr is the first one. Only the sign of the
## gradient is used, so train on all data in each step, not on minibatches.
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: Rprop(lr: 0.1); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer Rprop(lr = 0.01, shrink = 0.5, grow = 1.2, least = 1e-6, most = 50) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(shrink > 0 and shrink < 1, "shrink must be between 0 and 1, it is {shrink}")
  assert(grow > 1 and grow < inf, "grow must be more than 1 and finite, it is {grow}")
  assert(least >= 0 and least <= most, "least must be from 0 to most, {most}, it is {least}")
  state size = lr
  state before = 0   # the gradient of the last step, 0 where it turned
  fn step(p, g) {
    let turn = sign(g) * sign(before)
    size = clamp(where(turn > 0, grow * size, where(turn < 0, shrink * size, size)), least, most)
    before = where(turn < 0, 0, g)
    p = p - size * sign(before)
  }
}

## Adam scaled by the deviation of the gradient from its running mean: s accumulates `(g - m)^2` in place of g^2, so
## steps are long where the gradient is steady (Zhuang et al., "AdaBelief Optimizer", 2020, algorithm 2; eps from the
## authors' code).
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: AdaBelief(lr: 0.1); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer AdaBelief(lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-16, weight_decay = 0) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(beta1 >= 0 and beta1 < 1, "beta1 must be from 0 to below 1, it is {beta1}")
  assert(beta2 >= 0 and beta2 < 1, "beta2 must be from 0 to below 1, it is {beta2}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  state m = 0
  state s = 0
  fn step(p, g) {
    m = beta1 * m + (1 - beta1) * g
    let apart = g - m
    s = beta2 * s + (1 - beta2) * apart * apart + eps
    let root = sqrt(1 - beta2^t)
    p = p - lr * weight_decay * p - lr * root / (1 - beta1^t) * m / (sqrt(s) + eps * root)
  }
}

## Adam that converges with any beta2: the gradient is divided by the root of v of the previous steps, clipped to
## `(t - 1)^(1/4)`, and then accumulated: `m = beta1 m + (1 - beta1) clip(g / max(sqrt(v), eps))`, `p - lr m` (Taniguchi
## et al., "ADOPT: Modified Adam Can Converge with Any beta2 with the Optimal Rate", 2024; the clipped variant of the
## authors' code). The first step only initializes v.
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: ADOPT(lr: 0.1); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer ADOPT(lr = 1e-3, beta1 = 0.9, beta2 = 0.9999, eps = 1e-6, weight_decay = 0) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(beta1 >= 0 and beta1 < 1, "beta1 must be from 0 to below 1, it is {beta1}")
  assert(beta2 >= 0 and beta2 < 1, "beta2 must be from 0 to below 1, it is {beta2}")
  assert(eps > 0, "eps must be more than 0, it is {eps}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  state m = 0
  state v = 0
  fn step(p, g) {
    let most = (t - 1)^0.25
    let first = t == 1
    m = where(first, m, beta1 * m + (1 - beta1) * clamp(g / maximum(sqrt(v), eps), -most, most))
    p = where(first, p, p - lr * (m + weight_decay * p))
    v = where(first, g * g, beta2 * v + (1 - beta2) * g * g)
  }
}

## Adam with a second, much slower running mean of the gradients: `p - lr (m^ + alpha slow) / (sqrt(v^) + eps)`
## (Pagliardini, Ablin and Grangier, "The AdEMAMix Optimizer: Better, Faster, Older", 2024). Over the first `warmup`
## steps (in the paper, the whole run) alpha rises from 0 and the beta of the slow mean from beta1, by the paper's
## schedules; 0 turns the warmup off.
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: AdEMAMix(lr: 0.1); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer AdEMAMix(lr = 1e-3, beta1 = 0.9, beta2 = 0.999, beta3 = 0.9999, alpha = 5, warmup = 0, eps = 1e-8, weight_decay = 0) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(beta1 > 0 and beta1 < 1, "beta1 must be between 0 and 1, it is {beta1}")
  assert(beta2 >= 0 and beta2 < 1, "beta2 must be from 0 to below 1, it is {beta2}")
  assert(beta3 >= beta1 and beta3 < 1, "beta3 must be from beta1 to below 1, it is {beta3}")
  assert(alpha >= 0 and alpha < inf, "alpha must be 0 or more and finite, it is {alpha}")
  assert(warmup >= 0, "warmup must be 0 steps or more, it is {warmup}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  state m = 0
  state slow = 0
  state v = 0
  fn step(p, g) {
    let share = if warmup == 0 { 1 } else { minimum(t / warmup, 1) }
    let (fast, last) = (log(beta1), log(beta3))
    let beta = exp(fast * last / ((1 - share) * last + share * fast))
    m = beta1 * m + (1 - beta1) * g
    slow = beta * slow + (1 - beta) * g
    v = beta2 * v + (1 - beta2) * g * g
    let root = sqrt(1 - beta2^t)
    let ahead = m / (1 - beta1^t) + share * alpha * slow
    p = p - lr * (root * ahead / (sqrt(v) + eps * root) + weight_decay * p)
  }
}

# The ratio of two norms, 1 where either is 0.
fn _trust(above, below) = where(above > 0 and below > 0, above / where(below > 0, below, 1), 1)

## Adam with a rate for each tensor, for large minibatches: the step r, weight decay included, is scaled to the norm of
## p, `p - lr |p| / |r| r` (You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes", 2020,
## algorithm 2, phi the identity).
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: LAMB(lr: 0.1); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer LAMB(lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-6, weight_decay = 0) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(beta1 >= 0 and beta1 < 1, "beta1 must be from 0 to below 1, it is {beta1}")
  assert(beta2 >= 0 and beta2 < 1, "beta2 must be from 0 to below 1, it is {beta2}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  state m = 0
  state v = 0
  fn step(p, g) {
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    let root = sqrt(1 - beta2^t)
    let r = root / (1 - beta1^t) * m / (sqrt(v) + eps * root) + weight_decay * p
    p = p - lr * _trust(norm(p), norm(r)) * r
  }
}

## SGD with a rate for each tensor, for large minibatches:
## `v = momentum v + lr trust |p| / (|g| + weight_decay |p|) (g + weight_decay p)`, `p - v` (You, Gitman and Ginsburg,
## "Large Batch Training of Convolutional Networks", 2017). A tensor of zeros uses lr alone.
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: LARS(lr: 3); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer LARS(lr = 0.1, momentum = 0.9, weight_decay = 0, trust = 1e-3) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(momentum >= 0 and momentum < 1, "momentum must be from 0 to below 1, it is {momentum}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  assert(trust > 0 and trust < inf, "trust must be more than 0 and finite, it is {trust}")
  state v = 0
  fn step(p, g) {
    let rate = _trust(trust * norm(p), norm(g) + weight_decay * norm(p))
    v = momentum * v + lr * rate * (g + weight_decay * p)
    p = p - v
  }
}

## Adam without a running mean of the gradient, and with second moments factored into one number per row and one per
## column of a matrix: `v = r c / mean(r)`. The step `g / sqrt(v)` is limited to a root mean square of `clip`, and
## multiplied by the root mean square of p, at least `least` (Shazeer and Stern, "Adafactor", 2018, algorithm 4, with
## its `beta2 = 1 - t^-0.8`). The rate is `min(lr, 1 / sqrt(t))`. A tensor of more axes is a batch of matrices.
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: Adafactor(lr: 0.1); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer Adafactor(lr = 0.01, clip = 1, least = 1e-3, eps = 1e-30, weight_decay = 0) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(clip > 0, "clip must be more than 0, it is {clip}")
  assert(least >= 0, "least must be 0 or more, it is {least}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  state r = if rank(p) > 1 { mean(0 * p, axis: -1, keep: true) } else { 0 * p }
  state c = if rank(p) > 1 { mean(0 * p, axis: -2, keep: true) } else { zeros() }
  fn step(p, g) {
    let beta = 1 - t^-0.8
    let squares = g * g + eps
    let scale = if rank(p) > 1 {
      r = beta * r + (1 - beta) * mean(squares, axis: -1, keep: true)
      c = beta * c + (1 - beta) * mean(squares, axis: -2, keep: true)
      rsqrt(r / mean(r, axis: -2, keep: true)) * rsqrt(c)
    } else {
      r = beta * r + (1 - beta) * squares
      rsqrt(r)
    }
    let u = g * scale
    let length = maximum(1, sqrt(mean(u * u)) / clip)
    let rate = minimum(lr, 1 / sqrt(t)) * maximum(least, sqrt(mean(p * p)))
    p = p - rate * u / length - rate * weight_decay * p
  }
}

# The nearest matrix with orthonormal rows or columns, roughly: five Newton-Schulz steps on x / |x| with the coefficients of
# Jordan et al., which bring singular values to between 0.7 and 1.2.
fn _orthogonal(x) {
  let wide = shape(x)[0] <= shape(x)[1]
  let y = x / (norm(x) + 1e-7)
  let z = if wide { y } else { y' }
  for k in 1..5 {
    let a = z @ z'
    z = 3.4445 * z + (-4.775 * a + 2.0315 * (a @ a')) @ z   # a is its own transpose: a kernel that knows takes half of the work
  }
  if wide { z } else { z' }
}

## Momentum with orthogonalized matrices: `v = momentum v + g`; the step is `p - lr sqrt(max(1, outputs / inputs)) O`,
## where O is the orthogonal factor of `g + momentum v` (Nesterov), by five Newton-Schulz iterations (Jordan et al.,
## "Muon: An optimizer for hidden layers in neural networks", 2024). A kernel of more axes is a matrix
## [outputs, the rest]. Vectors and numbers use AdamW with the rate `adam`. Train embeddings and the last layer by an
## AdamW of their own.
##
##     let w = param([[3, -2], [1, 2]])
##     print((train w { loss: sum(w^2); optimizer: Muon(lr: 0.1); steps: 300 }).loss[-1] < 0.01)   # expect: true
optimizer Muon(lr = 0.02, momentum = 0.95, weight_decay = 0, adam = 3e-4, beta1 = 0.9, beta2 = 0.95, eps = 1e-8) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(momentum >= 0 and momentum < 1, "momentum must be from 0 to below 1, it is {momentum}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  assert(adam >= 0 and adam < inf, "adam must be 0 or more and finite, it is {adam}")
  assert(beta1 >= 0 and beta1 < 1, "beta1 must be from 0 to below 1, it is {beta1}")
  assert(beta2 >= 0 and beta2 < 1, "beta2 must be from 0 to below 1, it is {beta2}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  state m = 0
  state v = if rank(p) > 1 { zeros() } else { 0 * p }   # of vectors and numbers
  fn step(p, g) {
    if rank(p) > 1 {
      m = momentum * m + g
      let ahead = reshape(g + momentum * m, shape(p)[0], -1)
      let (a, b) = shape(ahead)
      let (outputs, inputs) = if rank(p) == 2 { (b, a) } else { (a, b) }   # a Dense has x @ W, a convolution [outputs, ..]
      p = p - lr * weight_decay * p - lr * sqrt(maximum(1, outputs / inputs)) * reshape(_orthogonal(ahead), shape(p))
    } else {
      m = beta1 * m + (1 - beta1) * g
      v = beta2 * v + (1 - beta2) * g * g
      let root = sqrt(1 - beta2^t)
      p = p - adam * weight_decay * p - adam * root / (1 - beta1^t) * m / (sqrt(v) + eps * root)
    }
  }
}

## SGD that also keeps an average of its iterates: `p (1 - decay rate) - rate g` with the rate
## `lr / (1 + decay lr t)^power`, and from step `start` on `mean`, the average of p after each step (Polyak and
## Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992; rates and defaults as PyTorch's ASGD). To
## validate with an average, and end with it, under any optimizer, use `average: swa(…)` of `train`.
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: ASGD(lr: 0.1); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer ASGD(lr = 0.01, decay = 1e-4, power = 0.75, start = 1e6) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(decay >= 0 and decay < inf, "decay must be 0 or more and finite, it is {decay}")
  assert(power >= 0 and power < inf, "power must be 0 or more and finite, it is {power}")
  assert(start >= 0, "start must be 0 steps or more, it is {start}")
  state mean = p
  fn step(p, g) {
    let rate = lr / (1 + decay * lr * (t - 1))^power
    p = p * (1 - decay * rate) - rate * g
    mean = mean + (p - mean) / maximum(1, t - start)
  }
}
