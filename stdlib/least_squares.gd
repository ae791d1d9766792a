# Optimizers of sums of squares: they take the residuals (`residuals:`) and their Jacobian J, and J'J stands for the Hessian.
#
# The columns of J may differ in size by many orders, so each is divided by its length (`_column_lengths`), and systems
# are solved by the singular value decomposition of J, not by J'J, which would lose half of the digits. How a step runs and
# when it ends is told in line_search.gd. At the end of a training `uncertainty` gives the errors of what was fitted.

fn _column_lengths(J) {
  let lengths = sqrt(sum(J^2, axis: 0))
  where(lengths > 0, lengths, 1)
}

# The thin singular value decomposition, V by columns.
fn _factors(J) {
  let (U, s, W) = svd(J)
  (U, s, W')
}

## Gauss-Newton for `residuals:`: the step that minimizes the linearized residuals, with a line search (Nocedal and
## Wright, section 10.3). It is an error if the residuals do not determine all parameters; LevenbergMarquardt continues
## there.
##
##     let w = param([-1.2, 1])
##     train w { residuals: [10 * (w[1] - w[0]^2), 1 - w[0]]; optimizer: GaussNewton(); steps: 20 }
##     print("{w[0]:.3f} {w[1]:.3f}")   # expect: 1.000 1.000
optimizer GaussNewton(gtol = 1e-8, ftol = 0) {
  assert(gtol >= 0 and ftol >= 0, "gtol and ftol must be 0 or more")
  state last = 0 * p[0]
  fn step(p, g, f) {
    if _ends(f, p, g, t, last, gtol, ftol) { return none }
    let fx = f(p)
    let J = jacobian(f.residuals)(p)
    let D = _column_lengths(J)
    let (U, s, V) = _factors(J / D)
    if number(min(s)) <= 1e-13 * number(max(s)) or len(s) < len(p) {
      error("the residuals do not identify all that is trained (rank {number(sum(s > 1e-13 * max(s)))} of {len(p)}): leave some out or fix them, or use LevenbergMarquardt")
    }
    let d = -(V @ (U' @ f.residuals(p) / s)) / D
    let (a, q, fq, gq) = _armijo(f, p, fx, g, d, 1)
    if a == 0 { _no_descent(f, p, fx, d, _inner(g, d), 1) }
    last = fx
    p = q
  }
}

## The uncertainty of a fit, at the end of a training with `residuals:`: the covariance of the parameters,
## `s^2 (J'J)^-1` with `s^2 = sum(r^2) / (m - rank)`; their standard errors (the square roots of its diagonal); the rank
## of J; and the combinations of parameters that the residuals do not determine, one per row. A parameter in such a
## combination has the error inf. `train` calls this function, and returns the results as `h.covariance`, `h.errors` and
## `h.rank`.
##
##     let (x, y) = ([0, 1, 2, 3], [1.1, 2.9, 5.1, 6.9])
##     let w = param([0, 0])
##     let h = train w { residuals: w[0] * x + w[1] - y; optimizer: GaussNewton(); steps: 5 }
##     print("{h.errors[0]:.3f} {h.errors[1]:.3f}")   # what it leaves in the history   # expect: 0.057 0.106
fn uncertainty(f, p) {
  let r = f64(f.residuals(p))
  let J = f64(jacobian(f.residuals)(p))
  let D = f64(jacobian(f.values)(p))
  let (m, n) = shape(J)
  let C = _column_lengths(J)
  let (U, s, V) = _factors(J / C)
  let rank = number(sum(s > 2 * maximum(m, n) * f.rounding * max(s)))
  let kept = V[:, 0:rank]
  let W = D @ (kept / s[0:rank] / C[:, none])
  let spread = if m > rank { number(sum(r^2)) / (m - rank) } else { nan }
  let covariance = spread * W @ W'
  let errors = sqrt(diag(covariance))
  if rank == n { return (covariance, errors, rank, zeros(0, n)) }
  let (e, Q) = eigh(eye(n) - kept @ kept')
  let loose = (D @ (Q[:, rank:] / C[:, none]))'
  loose = loose / max(abs(loose), axis: 1, keep: true)
  (covariance, where(max(abs(loose), axis: 0) > 1e-6, inf, errors), rank, loose)
}

## Levenberg-Marquardt for `residuals:`: Gauss-Newton steps with a damping that grows where a step fails. The damping is
## scaled by the norm of each column of the Jacobian; this scale falls by at most half in a step (Moré, "The
## Levenberg-Marquardt algorithm: implementation and theory", 1978). Each step is corrected by the second derivative
## along it (geodesic acceleration: Transtrum and Sethna, "Improvements to the Levenberg-Marquardt algorithm for
## nonlinear least-squares minimization", 2012; `accelerate: false` leaves it out). It ends by Moré's tests: `ftol` of
## the loss, `xtol` of the step relative to p, `gtol` of the cosine between the residuals and the columns.
##
##     let w = param([-1.2, 1])
##     train w { residuals: [10 * (w[1] - w[0]^2), 1 - w[0]]; optimizer: LevenbergMarquardt(); steps: 20 }
##     print("{w[0]:.3f} {w[1]:.3f}")   # expect: 1.000 1.000
optimizer LevenbergMarquardt(damping = 1e-3, gtol = 1e-12, xtol = 1e-12, ftol = 0, accelerate = true) {
  assert(damping > 0 and damping < inf, "damping must be above 0 and finite, it is {damping}")
  assert(gtol >= 0 and ftol >= 0 and xtol >= 0, "gtol, ftol and xtol must be 0 or more")
  state lambda = damping + 0 * p[0]
  state D = 0
  state moved = 1 + 0 * p[0]   # the last step beside p
  state last = 0 * p[0]
  fn step(p, g, f) {
    if _ends(f, p, g, t, last, 0, ftol) { return none }
    let fx = f(p)
    let r = f.residuals(p)
    let J = jacobian(f.residuals)(p)
    let columns = _column_lengths(J)
    D = maximum(0.5 * D, columns)
    let cosine = if fx == 0 { 0 } else { _largest(J' @ r / columns) / sqrt(fx) }
    if cosine <= gtol {
      converged("angle", cosine, gtol)
      return none
    }
    if number(moved) <= xtol {
      converged("step", number(moved), xtol)
      return none
    }
    let (U, s, V) = _factors(J / D)
    let Ur = U' @ r
    let size = _length(D * p)
    let l = number(lambda)
    last = fx
    let broken = false
    for k in 1..100 {
      let weight = s / (s^2 + l)
      let z = -(V @ (weight * Ur))
      let d = z / D
      let bent = 0 * d
      let fits = true
      if accelerate {
        let second = jvp(fn(q) = jvp(f.residuals, q, d), p, d)
        let b = -0.5 * (V @ (weight * (U' @ second)))
        fits = all(isfinite(b)) and 2 * _length(b) <= 0.75 * _length(z)
        if fits { bent = b / D }
      }
      let q = p + d + bent
      let fq = if fits { f(q) } else { inf }
      let promise = number(sum(s^2 * (s^2 + 2 * l) / (s^2 + l)^2 * Ur^2))
      let beside = if size > 0 { minimum(_length(z) / size, 1) } else { 1 }
      if promise > 100 * f.rounding * maximum(fx, 1) { broken = not isfinite(fq) or (fx - fq) < -0.1 * promise }
      if beside <= xtol or promise <= 4 * f.rounding * fx {
        if broken { _wrong_slope(-2 * promise) }
        if isfinite(fq) and fq < fx { p = q }
        if beside <= xtol { converged("step", beside, xtol) }
        else { converged("search", promise / fx, 4 * f.rounding) }
        break
      }
      if isfinite(fq) and fq < fx and all(isfinite(grad(f)(q))) {
        let ratio = (fx - fq) / promise
        if ratio > 0.75 { l = l / 5 } else if ratio < 0.25 { l = 2 * l }
        moved = beside
        p = q
        break
      }
      l = maximum(3 * l, 1e-12)
    }
    lambda = minimum(maximum(l, 1e-20), 1e20)
  }
}

## Natural gradient for `residuals:` (Amari, "Natural Gradient Works Efficiently in Learning", Neural Computation 10,
## 1998). For residuals with normal errors of one variance the Fisher matrix is `J'J / m`, and a step is
## `lr (J'J / m + damping I)^-1 J'r / m`. It is computed in the space of the m residuals where they are fewer than the
## parameters. Use it with minibatches and some thousand parameters; KFAC is for larger nets.
##
##     let w = param([0, 0])
##     train w { residuals: [[1, 2], [3, -1]] @ w - [5, 1]; optimizer: NaturalGradient(lr: 1, damping: 1e-6); steps: 1; quiet: true }
##     print("{w:.2f}")   # expect: [1.00, 2.00]
optimizer NaturalGradient(lr = 0.5, damping = 1e-3) {
  assert(lr >= 0 and lr < inf, "lr must be 0 or more and finite, it is {lr}")
  assert(damping > 0 and damping < inf, "damping must be more than 0 and finite, it is {damping}")
  fn step(p, g, f) {
    let r = f.residuals(p)
    let J = jacobian(f.residuals)(p)
    let (m, n) = shape(J)
    p = p - lr * (if m < n { J' @ solve(J @ J' / m + damping * eye(m), r / m) } else { solve(J' @ J / m + damping * eye(n), J' @ r / m) })
  }
}
