# Optimizers of the first order: each sees a tensor p and its gradient g, once a step.
#
# They are declarations like any user's.  `t` counts steps from 1; a state begins at its value in the shape of p.
# Formulas are the papers'; where papers and practice part, PyTorch's convention and defaults are taken, and the
# comment says so.  Any hyperparameter may be a schedule, so a branch is taken only on the ones that switch a term off.
#
# Second moments are gathered as `((1 - beta2) * g) * g`: the square alone would overflow, in f32 for gradients from 1.8e19 on, and the
# tensor stand still; so they reach some 30 times as far.  What overflows even then is not finite, and the step that makes it is an error.
#
# What a hyperparameter may be, each says with `assert`: it is asked when the optimizer is made and whenever the value changes.

## Gradient descent: `p - lr g` (Cauchy, 1847).
optimizer GD(lr = 0.01) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  fn step(p, g) {
    p = p - lr * g
  }
}

## Stochastic gradient descent with momentum (Polyak, 1964; Nesterov, 1983; Sutskever et al., 2013):
## `v = momentum v + g`, `p - lr v`, or with nesterov `p - lr (g + momentum v)`.  weight_decay adds `weight_decay p` to g.
## PyTorch's form: the rate multiplies v when it is used, not when it is gathered; no dampening.
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

## Each element's rate falls with the sum of its squared gradients: `s = s + g^2`, `p - lr g / (sqrt(s) + eps)`
## (Duchi, Hazan and Singer, "Adaptive Subgradient Methods", JMLR 12, 2011).
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

## Steps in the units of p: the gradient times the ratio of the running root mean squares of past steps and of gradients,
## `d = sqrt(u + eps) / sqrt(s + eps) g` (Zeiler, "ADADELTA", 2012).  lr, 1 in the paper, multiplies the step.
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

## The gradient divided by its running root mean square: `s = alpha s + (1 - alpha) g^2`, `p - lr g / (sqrt(s) + eps)`
## (Tieleman and Hinton, lecture 6.5 of "Neural Networks for Machine Learning", 2012).  PyTorch's defaults and extras:
## momentum gathers the steps; centered takes the running mean out of s (Graves, 2013).
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

## Running means of the gradient and of its square, freed of their bias towards zero:
## `p - lr m^ / (sqrt(v^) + eps)` (Kingma and Ba, "Adam", 2015, algorithm 1).
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

## Adam whose weight decay is apart from the gradient: `p - lr weight_decay p - lr m^ / (sqrt(v^) + eps)`
## (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019; PyTorch's default of 0.01).
optimizer AdamW(lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0.01) {
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
    p = p - lr * weight_decay * p - lr * root / (1 - beta1^t) * m / (sqrt(v) + eps * root)
  }
}

## Adam that never lets an element's rate rise again: the greatest v so far divides
## (Reddi, Kale and Kumar, "On the Convergence of Adam and Beyond", 2018; with Adam's bias correction, as in PyTorch).
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

## Adam with the greatest recent gradient in place of the root mean square:
## `u = max(beta2 u, |g| + eps)`, `p - lr / (1 - beta1^t) m / u` (Kingma and Ba, 2015, algorithm 2; eps as in PyTorch).
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

## Adam with Nesterov's look ahead and a momentum that rises to beta1, `mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2)`:
## `m = mu_t m + (1 - mu_t) g`, and in the place of m^ stands
## `mu_(t+1) m / (1 - mu_1 ... mu_(t+1)) + (1 - mu_t) g / (1 - mu_1 ... mu_t)` (Dozat, "Incorporating Nesterov Momentum into Adam", 2016,
## algorithm 2; v^ as in Adam).  PyTorch's differs: there m is gathered with beta1 itself.
optimizer NAdam(lr = 2e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, momentum_decay = 0.004) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(beta1 >= 0 and beta1 < 1, "beta1 must be from 0 to below 1, it is {beta1}")
  assert(beta2 >= 0 and beta2 < 1, "beta2 must be from 0 to below 1, it is {beta2}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  assert(momentum_decay >= 0, "momentum_decay must be 0 or more, it is {momentum_decay}")
  state m = 0
  state v = 0
  state product = ones()   # of the momenta so far: one number a tensor
  fn step(p, g) {
    let mu = beta1 * (1 - 0.5 * 0.96^(t * momentum_decay))
    let next = beta1 * (1 - 0.5 * 0.96^((t + 1) * momentum_decay))
    product = product * mu
    m = mu * m + (1 - mu) * g
    v = beta2 * v + (1 - beta2) * g * g
    let root = sqrt(1 - beta2^t)
    let ahead = next / (1 - product * next) * m + (1 - mu) / (1 - product) * g
    p = p - lr * root * ahead / (sqrt(v) + eps * root)
  }
}

## Adam that waits for its variance to be known: while too few steps were made (rho at most 5) it moves by m^ alone,
## later the step is multiplied by r (Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", 2020, algorithm 2).
## The paper's bound is 4 and it has no eps; 5, and eps beside the root of v before v is freed of its bias, are its authors' code and PyTorch.
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

## The sign of a blend of momentum and gradient: `p - lr (sign(beta1 m + (1 - beta1) g) + weight_decay p)`,
## `m = beta2 m + (1 - beta2) g` (Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023).
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
