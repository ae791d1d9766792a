# Optimizers that precondition the gradient of a matrix from both sides.
#
# As in optimizers.gd: each sees a tensor p and its gradient g, once a step.

# A matrix for the preconditioners: kernels of more axes are [outputs, the rest].
fn _matrix(x) = reshape(x, shape(x)[0], -1)

# The gradient's own side and its other, as sums for the two preconditioners; a side of more than `most` gets none (0 x 0).
fn _side(p, axis, most) = if rank(p) > 1 and shape(_matrix(p))[axis] <= most { shape(_matrix(p))[axis] } else { 0 }

# `a^exponent` of a symmetric matrix without negative eigenvalues, each at least eps times the greatest.
fn _power(a, exponent, eps) {
  let (values, vectors) = eigh(a)
  let held = maximum(values, eps * maximum(max(values), 1e-30))
  (vectors * reshape(held^exponent, 1, -1)) @ vectors'
}

## A matrix of second moments for each axis: `L = L + g g'`, `R = R + g' g`, and the step is `L^(-1/4) g R^(-1/4)`
## (Gupta, Koren and Singer, "Shampoo: Preconditioned Stochastic Tensor Optimization", 2018, algorithm 1, whose eps I the roots begin
## with).  Two deviations of practice (Anil et al., "Scalable Second Order Optimization for Deep Learning", 2020): the roots are
## worked out anew every `every` steps, and a side of more than `most` has none.  Vectors and numbers get Adagrad, its diagonal.
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
  state left = eps * eye(rows)
  state right = eps * eye(columns)
  state left_root = eye(rows)
  state right_root = eye(columns)
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

## Adam in the basis that Shampoo finds: moments are those of the gradient turned into the eigenvectors of `E[g g']` and `E[g' g]`,
## and the step is turned back (Vyas et al., "SOAP: Improving and Stabilizing Shampoo using Adam", 2024, algorithm 3).  The basis is
## brought on by one QR step every `every` steps (algorithm 4); the first step only fills it, as in its authors' code.  A side of
## more than `most` is not turned.  Vectors and numbers get AdamW.
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
  state left = 0 * eye(rows)
  state right = 0 * eye(columns)
  state left_basis = eye(rows)
  state right_basis = eye(columns)
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
      if rows > 0 { left = beta2 * left + (1 - beta2) * x @ x' }
      if columns > 0 { right = beta2 * right + (1 - beta2) * x' @ x }
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
