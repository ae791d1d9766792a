# Optimizers around another: `inner.step(p, g)` gives the new p of the inner one.  None may wrap itself.

# The ratio of two norms, 1 where either is 0.
fn _trust(above, below) = where(above > 0 and below > 0, above / where(below > 0, below, 1), 1)

## Slow copies of the tensors that follow an inner optimizer: every `k` steps they move by the part `alpha` towards its
## tensors, and it continues from there (Zhang et al., "Lookahead Optimizer: k steps forward, 1 step back", 2019).
##
##     let w = param(1)
##     train w { loss: 2 * w; optimizer: Lookahead(GD(lr: 0.1), k: 2); steps: 2; quiet: true }
##     print("{w:.2f}")   # expect: 0.80
optimizer Lookahead(inner, k = 5, alpha = 0.5) {
  assert(type(inner) == "optimizer", "inner must be an optimizer, as Adam(), it is {inner}")
  assert(k >= 1, "k must be 1 step or more, it is {k}")
  assert(alpha > 0 and alpha <= 1, "alpha must be above 0 and at most 1, it is {alpha}")
  state slow = p
  fn step(p, g) {
    let fast = inner.step(p, g)
    let meet = t % k == 0
    slow = where(meet, slow + alpha * (fast - slow), slow)
    p = where(meet, slow, fast)
  }
}

## An inner optimizer kept to the directions of the gradient: elements of its step that point up the current slope are set to zero,
## and the others are multiplied by the ratio of all elements to those kept (Liang et al., "Cautious Optimizers: Improving Training with One Line of
## Code", 2024, algorithm 1).
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: Cautious(SGD(lr: 0.05, momentum: 0.9)); steps: 100 }).loss[-1] < 0.1)   # expect: true
optimizer Cautious(inner) {
  assert(type(inner) == "optimizer", "inner must be an optimizer, as Adam(), it is {inner}")
  fn step(p, g) {
    let u = inner.step(p, g) - p
    let down = f64(u * g < 0)
    p = p + u * down / maximum(mean(down), 1e-3)
  }
}

## An inner optimizer that keeps the norm of each matrix: only directions are learned there, so weight decay has
## no effect.  Vectors and numbers are the inner optimizer's alone.
##
##     let w = param([[3, -2], [1, 2]])
##     let before = norm(w)
##     train w { loss: sum((w - 1)^2); optimizer: Hyperball(Adam(lr: 0.1)); steps: 20 }
##     print("{norm(w) / before:.3f}")   # expect: 1.000
optimizer Hyperball(inner) {
  assert(type(inner) == "optimizer", "inner must be an optimizer, as Adam(), it is {inner}")
  fn step(p, g) {
    let q = inner.step(p, g)
    p = if rank(p) > 1 { q * _trust(norm(p), norm(q)) } else { q }
  }
}

## An inner optimizer whose gradient has noise of the deviation `std`, a schedule for one that falls
## (Neelakantan et al., "Adding Gradient Noise Improves Learning for Very Deep Networks", 2015).
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: Noise(GD(lr: 0.1), std: 0.01); steps: 60 }).loss[-1] < 0.1)   # expect: true
optimizer Noise(inner, std = 0.01) {
  assert(type(inner) == "optimizer", "inner must be an optimizer, as Adam(), it is {inner}")
  assert(std >= 0 and std < inf, "std must be 0 or more and finite, it is {std}")
  fn step(p, g) {
    p = inner.step(p, g + std * randn(shape(p)))
  }
}

## An inner optimizer, then a function of each tensor and the rate: `p = then(inner's p, lr)`, a proximal step for a term that
## has no gradient, or a projection (Parikh and Boyd, "Proximal Algorithms", 2014).  For the lasso it is
## `fn(p, lr) = sign(p) * relu(abs(p) - 0.1 * lr)`.
##
##     let w = param([1, 0.01])
##     train w { loss: sum(w^2); optimizer: Proximal(GD(lr: 0.1), fn(p, lr) = sign(p) * relu(abs(p) - 0.5 * lr)); steps: 1; quiet: true }
##     print("{w:.2f}")   # expect: [0.75, 0.00]
optimizer Proximal(inner, then) {
  assert(type(inner) == "optimizer", "inner must be an optimizer, as Adam(), it is {inner}")
  assert(type(then) == "function", "then must be a function of a tensor and the rate, it is {then}")
  fn step(p, g) {
    p = then(inner.step(p, g), inner.lr)
  }
}

## An inner optimizer given the gradient where the loss is worst nearby, `rho` up the slope: at `p + rho g / |g|`, the norm over all
## tensors together (Foret et al., "Sharpness-Aware Minimization for Efficiently Improving Generalization", 2021, equation 4).  A
## step evaluates the loss twice; the one reported, and the buffers, are those at p.
##
##     let w = param([3, 4])
##     train w { loss: sum(w^2) / 2; optimizer: SAM(GD(lr: 0.5), rho: 0.5); steps: 1; quiet: true }
##     print("{w:.2f}")   # expect: [1.35, 1.80]
optimizer SAM(inner, rho = 0.05) {
  assert(type(inner) == "optimizer", "inner must be an optimizer, as Adam(), it is {inner}")
  assert(rho >= 0 and rho < inf, "rho must be 0 or more and finite, it is {rho}")
  fn ahead(p, g, norm) = p + rho / where(norm > 0, norm, 1) * g
  fn step(p, g) {
    p = inner.step(p, g)
  }
}

## An inner optimizer whose steps of matrices are scaled to their width, so that the rate found at the width `base` serves a wider net:
## by `base / inputs` for matrices and the head, as the maximal update parametrization has it for Adam and its kin
## (Yang et al., "Tensor Programs V: Tuning Large Neural Networks via Zero-Shot Hyperparameter Transfer", 2022, table 8); embeddings,
## vectors and numbers keep the step.  Initial values of the head should be smaller by the same factor: `he_normal(inputs, outputs, base: 64)`.
## The first layer's inputs are the data's: there the factor is the same at every width.
##
##     let w = param(ones(128, 2))
##     train w { loss: sum(w); optimizer: Mup(GD(lr: 1), base: 64); steps: 1; quiet: true }
##     print(w[0])   # expect: [0.5, 0.5]
optimizer Mup(inner, base = 64) {
  assert(type(inner) == "optimizer", "inner must be an optimizer, as Adam(), it is {inner}")
  assert(base >= 1 and base < inf, "base must be a width of 1 or more, it is {base}")
  fn step(p, g) {
    let q = inner.step(p, g)
    let wide = role(p) == "matrix" or role(p) == "head"
    let inputs = if rank(p) == 2 { shape(p)[0] } else { size(p) / maximum(1, if rank(p) > 0 { shape(p)[0] } else { 1 }) }
    p = if wide { p + base / inputs * (q - p) } else { q }
  }
}

# The optimizer of a group for its tensors, `others` for the rest.
optimizer _Group(parts, inner, others) {
  fn step(p, g) {
    p = if belongs(p, parts) { inner.step(p, g) } else { others.step(p, g) }
  }
}

# The last of them: what is in no group has no optimizer.
optimizer _NoGroup() {
  fn step(p, g) {
    error("groups: a tensor that is trained is in no group; give the rest a group of its own")
  }
}

## Optimizers for parts of what is trained: pairs of parts (a model, a param or a tuple of them) and an optimizer.  A tensor of
## several groups belongs to the first.
##
##     let net = chain(Dense(2, 4), tanh, Dense(4, 1))
##     let o = groups((net.parts.0, Adam(lr: 1e-4)), (net, SGD(lr: 0.1)))
##     train net { loss: sum(net([[1, 2]])^2); optimizer: o; steps: 3; quiet: true }
##     print(o.steps)   # expect: 3
fn groups(pairs...) {
  let rest = _NoGroup()
  for i in len(pairs) - 1..0 by -1 {
    if type(pairs[i]) != "tuple" or len(pairs[i]) != 2 or type(pairs[i][1]) != "optimizer" {
      error("groups: pairs of parts and an optimizer, (net.body, Adam(lr: 1e-4)); pair {i} is none")
    }
    rest = _Group((pairs[i][0],), pairs[i][1], rest)   # in a tuple: a bare param would be a number that changes
  }
  rest
}
