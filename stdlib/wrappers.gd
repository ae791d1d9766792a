# Optimizers that wrap another: `inner.step(p, g)` returns the new p of the inner one. An optimizer cannot wrap itself.

## Keeps slow copies of the tensors beside an inner optimizer. Every `k` steps the copies move by the fraction `alpha`
## towards the tensors, and the inner optimizer continues from the copies (Zhang et al., "Lookahead Optimizer: k steps
## forward, 1 step back", 2019).
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

## Sets to zero the elements of the inner optimizer's step that point uphill, and multiplies the others by the ratio of
## all elements to those kept (Liang et al., "Cautious Optimizers: Improving Training with One Line of Code", 2024,
## algorithm 1).
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

## Restores the norm of each matrix after the inner optimizer's step, so only its direction is trained and weight decay
## has no effect. Vectors and numbers use the inner optimizer's step unchanged.
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

## Adds normal noise with standard deviation `std` to the gradient of the inner optimizer; a schedule for `std` lets it
## fall (Neelakantan et al., "Adding Gradient Noise Improves Learning for Very Deep Networks", 2015).
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

## Applies a function of each tensor and the rate after the inner optimizer: `p = then(inner's p, lr)`. It is a
## projection, or a proximal step for a term without a gradient (Parikh and Boyd, "Proximal Algorithms", 2014). For the
## lasso it is `fn(p, lr) = sign(p) * relu(abs(p) - 0.1 * lr)`; `sparse`, `onto_ball` and `onto_box` return others. The
## rate is none where the inner optimizer has no `lr`, as Polyak: projections do not need it.
##
##     let w = param([1, 0.01])
##     train w { loss: sum(w^2); optimizer: Proximal(GD(lr: 0.1), fn(p, lr) = sign(p) * relu(abs(p) - 0.5 * lr)); steps: 1; quiet: true }
##     print("{w:.2f}")   # expect: [0.75, 0.00]
optimizer Proximal(inner, then) {
  assert(type(inner) == "optimizer", "inner must be an optimizer, as Adam(), it is {inner}")
  assert(type(then) == "function", "then must be a function of a tensor and the rate, it is {then}")
  let rated = attempt(fn() = inner.lr).ok
  fn step(p, g) {
    p = then(inner.step(p, g), if rated { inner.lr } else { none })
  }
}

## Sharpness-aware minimization: passes to the inner optimizer the gradient at `p + rho g / |g|`, where the loss nearby
## is about the highest; the norm is over all tensors together (Foret et al., "Sharpness-Aware Minimization for
## Efficiently Improving Generalization", 2021, equation 4). A step evaluates the loss twice; the loss reported, and the
## buffers, are those at p. With `shards:` or `accumulate:` each part is perturbed by its own gradient, which is
## called m-sharpness there.
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

## Scales the steps of an inner optimizer by the width, so that a rate found at the width `base` also suits a wider net:
## by `base / inputs` for matrices and the head, as in the maximal update parametrization for Adam and similar
## optimizers (Yang et al., "Tensor Programs V: Tuning Large Neural Networks via Zero-Shot Hyperparameter Transfer",
## 2022, table 8). Embeddings, vectors and numbers keep their step. Scale the initial values of the head by the same
## factor: `he_normal(inputs, outputs, base: 64)`. The number of inputs of the first layer is that of the data, so its
## factor is the same at every width.
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

## Different optimizers for different parts of what is trained: pairs of a part (a model, a param or a tuple of them)
## and an optimizer. A tensor of several groups belongs to the first. A trained tensor of no group is an error.
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
