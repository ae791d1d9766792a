# Optimizers that precondition the gradient of a matrix from both sides.
#
# As in optimizers.gd, each sees a tensor p and its gradient g, once per step, and hyperparameters out of range are
# errors.

# A matrix for the preconditioners: kernels of more axes are [outputs, the rest].
fn _matrix(x) = reshape(x, shape(x)[0], -1)

# The gradient's own side and its other, as sums for the two preconditioners; a side of more than `most` gets none (0 x 0).
fn _side(p, axis, most) = if rank(p) > 1 and shape(_matrix(p))[axis] <= most { shape(_matrix(p))[axis] } else { 0 }

# At least as wide as p: in f64 for an f64 tensor under any precision.
fn _eye(p, n) = eye(n) * ones_like(sum(p))

# `a^exponent` of a symmetric matrix without negative eigenvalues, each at least eps times the greatest.
fn _power(a, exponent, eps) {
  let (values, vectors) = eigh(a)
  let held = maximum(values, eps * maximum(max(values), 1e-30))
  (vectors * reshape(held^exponent, 1, -1)) @ vectors'
}

## A matrix of second moments for each side of a matrix: `L = L + g g'`, `R = R + g' g`; the step is
## `L^(-1/4) g R^(-1/4)` (Gupta, Koren and Singer, "Shampoo: Preconditioned Stochastic Tensor Optimization", 2018,
## algorithm 1, where L and R start at eps I). Two changes are from practice (Anil et al., "Scalable Second Order
## Optimization for Deep Learning", 2020): the roots are recomputed every `every` steps, and a side longer than `most`
## is not preconditioned. Vectors and numbers use Adagrad, the diagonal form.
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: Shampoo(lr: 0.1); steps: 100 }).loss[-1] < 0.01)   # expect: true
optimizer Shampoo(lr = 0.1, momentum = 0.9, weight_decay = 0, eps = 1e-4, every = 10, most = 1024) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(momentum >= 0 and momentum < 1, "momentum must be from 0 to below 1, it is {momentum}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  assert(eps > 0 and eps < inf, "eps must be more than 0 and finite, it is {eps}")
  assert(every >= 1, "every must be 1 step or more, it is {every}")
  assert(most >= 0, "most must be 0 or more, it is {most}")
  let (rows, columns) = (_side(p, 0, most), _side(p, 1, most))
  state left = eps * _eye(p, rows)
  state right = eps * _eye(p, columns)
  state left_root = _eye(p, rows)
  state right_root = _eye(p, columns)
  state s = if rank(p) > 1 { zeros() } else { 0 * p }   # of vectors and numbers
  state v = 0
  fn step(p, g) {
    let d = if rank(p) < 2 {
      s = s + g * g
      g / (sqrt(s) + eps)
    } else {
      let x = _matrix(g)
      if rows > 0 { left = left + x @ x' }
      if columns > 0 { right = right + x' @ x }
      let sides = if rows > 0 and columns > 0 { 4 } else { 2 }
      if t % every == 1 or every == 1 {
        if rows > 0 { left_root = _power(left, -1 / sides, 1e-12) }
        if columns > 0 { right_root = _power(right, -1 / sides, 1e-12) }
      }
      let y = if rows > 0 { left_root @ x } else { x }
      reshape(if columns > 0 { y @ right_root } else { y }, shape(g))
    }
    v = momentum * v + d
    p = p - lr * (v + weight_decay * p)
  }
}

# One step of the power iteration towards the eigenvectors of a, made orthonormal.
fn _turned(a, basis) = qr(a @ basis).0

## Adam in the eigenbasis of Shampoo: the gradient is rotated into the eigenvectors of `E[g g']` and `E[g' g]`, where
## Adam's moments are kept, and the step is rotated back (Vyas et al., "SOAP: Improving and Stabilizing Shampoo using
## Adam", 2024, algorithm 3). One QR iteration updates the basis every `every` steps (algorithm 4); the first step only
## initializes it, as in the authors' code. A side longer than `most` is not rotated. Vectors and numbers use AdamW.
##
##     let w = param([3, -2])
##     print((train w { loss: sum(w^2); optimizer: SOAP(lr: 0.1); steps: 300 }).loss[-1] < 0.01)   # expect: true
optimizer SOAP(lr = 3e-3, beta1 = 0.95, beta2 = 0.95, eps = 1e-8, weight_decay = 0.01, every = 10, most = 1024) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(beta1 >= 0 and beta1 < 1, "beta1 must be from 0 to below 1, it is {beta1}")
  assert(beta2 >= 0 and beta2 < 1, "beta2 must be from 0 to below 1, it is {beta2}")
  assert(eps >= 0, "eps must be 0 or more, it is {eps}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  assert(every >= 1, "every must be 1 step or more, it is {every}")
  assert(most >= 0, "most must be 0 or more, it is {most}")
  let (rows, columns) = (_side(p, 0, most), _side(p, 1, most))
  state left = 0 * _eye(p, rows)
  state right = 0 * _eye(p, columns)
  state left_basis = _eye(p, rows)
  state right_basis = _eye(p, columns)
  state m = 0   # not turned
  state v = 0   # turned
  fn there(x) {
    let y = if rows > 0 { left_basis' @ _matrix(x) } else { _matrix(x) }
    reshape(if columns > 0 { y @ right_basis } else { y }, shape(x))
  }
  fn back(x) {
    let y = if rows > 0 { left_basis @ _matrix(x) } else { _matrix(x) }
    reshape(if columns > 0 { y @ right_basis' } else { y }, shape(x))
  }
  fn step(p, g) {
    let turns = rows + columns > 0
    if turns {
      let x = _matrix(g)
      if rows > 0 { left = beta2 * left + (1 - beta2) * (x @ x') }
      if columns > 0 { right = beta2 * right + (1 - beta2) * (x' @ x) }
    }
    if turns and t == 1 {
      if rows > 0 { left_basis = flip(eigh(left).1, axis: 1) }
      if columns > 0 { right_basis = flip(eigh(right).1, axis: 1) }
    } else {
      let k = if turns { t - 1 } else { t }   # steps that moved
      m = beta1 * m + (1 - beta1) * g
      let (turned, mean) = if turns { (there(g), there(m)) } else { (g, m) }
      v = beta2 * v + (1 - beta2) * turned * turned
      let root = sqrt(1 - beta2^k)
      let d = mean / (1 - beta1^k) * root / (sqrt(v) + eps * root)
      p = p - lr * ((if turns { back(d) } else { d }) + weight_decay * p)
      if turns and t % every == 1 {
        if rows > 0 { left_basis = _turned(left, left_basis) }
        if columns > 0 { right_basis = _turned(right, right_basis) }
      }
    }
  }
}

# Damping of a Kronecker product's factors, shared out by their mean eigenvalues.
fn _damped(a, b, damping) {
  let (of_a, of_b) = (trace(a) / shape(a)[0], trace(b) / shape(b)[0])
  let ratio = sqrt(maximum(of_a, 1e-30) / maximum(of_b, 1e-30))
  (a + ratio * sqrt(damping) * eye(shape(a)[0]), b + sqrt(damping) / ratio * eye(shape(b)[0]))
}

## Natural gradient of dense layers and convolutions, with the Fisher matrix approximated by a Kronecker product. For a
## layer `x @ W + b` the step of W, with b as its last row, is `A^-1 M G^-1`: M is its gradient, A the mean of x x' (x
## extended by a 1), and G the mean of s s', where s is the gradient of the loss with respect to the layer's output
## (Martens and Grosse, "Optimizing Neural Networks with Kronecker-factored Approximate Curvature", 2015, sections 3 and
## 6.3). For a convolution x is the content of a window (Grosse and Martens, "A Kronecker-factored Approximate Fisher
## Matrix for Convolution Layers", 2016). A layer used several times adds rows for each use (Martens, Ba and Johnson,
## "Kronecker-factored Curvature Approximations for Recurrent Neural Networks", 2018).
##
## Three things differ from the papers. The windows or uses of one example count as fully correlated, not as
## independent, since their gradients mostly agree; this multiplies G by their number, and with the papers' G the steps
## were too long. If the loss is a cross entropy, G uses targets drawn from the model; otherwise it uses the given
## targets (the empirical Fisher matrix). In place of the exact rescaling, all steps are shortened together where
## `lr^2 d'g` is more than `bound` (Ba, Grosse and Martens, "Distributed Second-Order Optimization", 2017). A and G are
## running means, with damped inverses recomputed every `every` steps. The loss must be a mean over rows. Other tensors
## use AdamW with the rate `adam`: embeddings, norms, grouped and transposed convolutions, U of recurrent layers, and
## layers with a side longer than `most`. A training with `shards:` or `accumulate:` is an error: x and s are of one minibatch.
##
##     let net = Dense(2, 1)
##     let (x, y) = ([[1, 2], [3, -1], [0, 1]], [[5], [1], [2]])
##     train net { loss: mse(net(x), y); optimizer: KFAC(); steps: 100; quiet: true }
##     print(mse(net(x), y) < 1e-3)   # expect: true
optimizer KFAC(lr = 0.1, momentum = 0.9, damping = 1e-2, decay = 0.95, every = 10, bound = 0.1, weight_decay = 0, adam = 1e-3, most = 4096) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(momentum >= 0 and momentum < 1, "momentum must be from 0 to below 1, it is {momentum}")
  assert(damping > 0 and damping < inf, "damping must be more than 0 and finite, it is {damping}")
  assert(decay >= 0 and decay < 1, "decay must be from 0 to below 1, it is {decay}")
  assert(every >= 1, "every must be 1 step or more, it is {every}")
  assert(bound > 0, "bound must be more than 0, it is {bound}")
  assert(weight_decay >= 0 and weight_decay < inf, "weight_decay must be 0 or more and finite, it is {weight_decay}")
  assert(adam >= 0 and adam < inf, "adam must be 0 or more and finite, it is {adam}")
  assert(most >= 0, "most must be 0 or more, it is {most}")
  let known = layer_of(p, drawn: true)
  let dense = if known == none { false } else { maximum(shape(known.0)[1], shape(known.1)[1]) <= most }
  let vector = rank(p) == 1
  let (inputs, outputs, biased) = if dense { (shape(known.0)[1], shape(known.1)[1], known.2) } else { (0, 0, false) }   # dense: or a convolution
  let rows = if biased { inputs + 1 } else { inputs }
  state A = 0 * _eye(p, rows)
  state G = 0 * _eye(p, outputs)
  state A_inverse = if vector and dense { A[0:1] } else { A }   # of b its last row
  state G_inverse = G
  state m = 0
  state v = if dense { zeros() } else { 0 * p }   # of the others
  state scale: shared = 1
  # A and G with this minibatch, and their inverses
  fn gathered() {
    let (x, slopes) = (known.0, known.1)
    let rows = shape(x)[0]
    let y = if biased { concat(x, 1 + 0 * x[:, 0:1], axis: 1) } else { x }
    let keep = minimum(1 - 1 / t, decay)
    let (a, b) = (keep * A + (1 - keep) / rows * (y' @ y), keep * G + (1 - keep) * rows * (slopes' @ slopes))
    if t % every == 1 or every == 1 {
      let (c, d) = _damped(a, b, damping)
      let last = reshape(where(arange(shape(c)[0]) == shape(c)[0] - 1, 1, 0), -1, 1)
      (a, b, if vector { solve(c, last)' } else { inverse(c) }, inverse(d))
    } else { (a, b, A_inverse, G_inverse) }
  }
  fn direction(g, left, right) {
    let (x, slopes) = (known.0, known.1)
    let W = if rank(p) > 2 { reshape(g, outputs, -1)' } else { g }   # a kernel is [outputs, what a window sees]
    let M = if vector { concat(x' @ slopes, g[none, :], axis: 0) }
      else if biased { concat(W, sum(slopes, axis: 0)[none, :], axis: 0) } else { W }
    let d = left @ M @ right
    if vector { d[0] } else if rank(p) > 2 { reshape(d[0:inputs]', shape(g)) } else { d[0:inputs] }
  }
  fn total(p, g) {
    if not dense { return 0 * sum(g) }
    let (_, _, left, right) = gathered()
    sum(g * direction(g, left, right))
  }
  fn once(total) { scale = minimum(1, sqrt(bound / maximum(lr * lr * total, 1e-30))) }
  fn step(p, g) {
    if dense {
      let (a, b, left, right) = gathered()
      m = momentum * m + scale * direction(g, left, right)
      (A, G, A_inverse, G_inverse) = (a, b, left, right)
      p = p - lr * (m + weight_decay * p)
    } else {
      m = 0.9 * m + 0.1 * g
      v = 0.999 * v + (1 - 0.999) * g * g
      let root = sqrt(1 - 0.999^t)
      p = p - adam * (root / (1 - 0.9^t) * m / (sqrt(v) + 1e-8 * root) + weight_decay * p)
    }
  }
}
