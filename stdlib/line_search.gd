# Optimizers of the whole vector: each sees all trained tensors as one vector p, its gradient g, and the loss f.
#
# Such a step runs on plain numbers: it branches, loops, and evaluates f as often as it needs to. The evaluations are
# counted (`h.evaluations`); the next step starts from the loss and gradient at which a line search ended, without
# another evaluation. Each optimizer ends the training by itself, with `stopped == "converged"` and the rule in `h.why`.
# The tests run at the start of a step, so the last loss of the history is that of the final values.
#
# `gtol` bounds the largest absolute element of the gradient, `ftol` the relative decrease of the loss in a step. 0 asks
# for full precision: the run then ends with "search" when no lower loss can be found. In f32 that is about seven digits
# of the loss; use `precision(f64)` for fits.
#
# Those here need gradients alone: a direction, then a line search along it. The tests of convergence and the line searches
# also serve newton.gd, which takes second derivatives, and least_squares.gd, which takes the residuals of a sum of squares.

fn _largest(v) = number(max(abs(v)))

# In f64: products of three factors as large or small as the loss (g'Hg) leave the range of f32 long before the loss does.
fn _inner(a, b) = number(dot(f64(a), f64(b)))

fn _length(v) = number(norm(f64(v)))

# Does the run end here?  `last` is the loss before the step before, which is none where t is 1.
fn _ends(f, p, g, t, last, gtol, ftol) {
  let most = _largest(g)
  if most <= gtol {
    converged("gradient", most, gtol)
    return true
  }
  if t == 1 or ftol == 0 { return false }
  let now = f(p)
  let fall = (number(last) - now) / maximum(abs(number(last)), abs(now))
  if fall >= 0 and fall <= ftol {
    converged("loss", fall, ftol)
    return true
  }
  false
}

# No lower point was found along the descent direction d: the run ends if the possible gain is below rounding, of the loss or of p.  It
# is, too, where the slope has turned before the loss could show that it falls; then a wrong gradient would still promise a fall there.
fn _no_descent(f, p, fx, d, slope, length) {
  let steep = abs(slope) / maximum(abs(fx), 1)
  let gain = steep * length
  let limit = maximum(100 * f.rounding, steep * 4 * f.rounding * _largest(p) / _largest(d))
  let steepness = "the slope along a direction of descent, {slope:.3e}, is too steep for a line search: has the loss a minimum?"
  if gain == inf { error(steepness) }
  if gain > limit {
    let there = _inner(grad(f)(p + limit / steep * d), d)
    if not (there >= 0 or isfinite(f(p + length * d))) { error(steepness) }
    if not (there >= 0) { _wrong_slope(slope) }
    gain = limit * slope / (slope - there) / 2
  }
  converged("search", gain, limit)
}

fn _wrong_slope(slope) {
  error("no lower loss along a direction of descent (slope {slope:.3e}): is the gradient right? check_gradient(f, x) compares it")
}

# ---- line searches ----

# A trial step between a low end (x, fx, gx) and another (y, fy, gy), from the trial (t, ft, gt): Moré and Thuente's dcstep.
# Gives (x, fx, gx, y, fy, gy, next, bracketed).
fn _next_trial(x, fx, gx, y, fy, gy, t, ft, gt, bracketed, least, most) {
  let opposite = gt * (if gx < 0 { -1 } else { 1 }) < 0
  let next = t
  let found = bracketed
  if ft > fx {
    let theta = 3 * (fx - ft) / (t - x) + gx + gt
    let s = maximum(abs(theta), maximum(abs(gx), abs(gt)))
    let root = s * sqrt(maximum(0, (theta / s)^2 - gx / s * (gt / s)))
    let gamma = if t < x { -root } else { root }
    let cubic = x + (gamma - gx + theta) / (gamma - gx + gamma + gt) * (t - x)
    let quadratic = x + gx / ((fx - ft) / (t - x) + gx) / 2 * (t - x)
    next = if abs(cubic - x) < abs(quadratic - x) { cubic } else { cubic + (quadratic - cubic) / 2 }
    found = true
  } else if opposite {
    let theta = 3 * (fx - ft) / (t - x) + gx + gt
    let s = maximum(abs(theta), maximum(abs(gx), abs(gt)))
    let root = s * sqrt(maximum(0, (theta / s)^2 - gx / s * (gt / s)))
    let gamma = if t > x { -root } else { root }
    let cubic = t + (gamma - gt + theta) / (gamma - gt + gamma + gx) * (x - t)
    let secant = t + gt / (gt - gx) * (x - t)
    next = if abs(cubic - t) > abs(secant - t) { cubic } else { secant }
    found = true
  } else if abs(gt) < abs(gx) {
    let theta = 3 * (fx - ft) / (t - x) + gx + gt
    let s = maximum(abs(theta), maximum(abs(gx), abs(gt)))
    let root = s * sqrt(maximum(0, (theta / s)^2 - gx / s * (gt / s)))
    let gamma = if t > x { -root } else { root }
    let r = (gamma - gt + theta) / (gamma + (gx - gt) + gamma)
    let cubic = if r < 0 and gamma != 0 { t + r * (x - t) } else if t > x { most } else { least }
    let secant = t + gt / (gt - gx) * (x - t)
    if bracketed {
      next = if abs(cubic - t) < abs(secant - t) { cubic } else { secant }
      let bound = t + 0.66 * (y - t)
      next = if t > x { minimum(bound, next) } else { maximum(bound, next) }
    } else {
      next = if abs(cubic - t) > abs(secant - t) { cubic } else { secant }
      next = maximum(least, minimum(most, next))
    }
  } else if bracketed {
    let theta = 3 * (ft - fy) / (y - t) + gy + gt
    let s = maximum(abs(theta), maximum(abs(gy), abs(gt)))
    let root = s * sqrt(maximum(0, (theta / s)^2 - gy / s * (gt / s)))
    let gamma = if t > y { -root } else { root }
    next = t + (gamma - gt + theta) / (gamma - gt + gamma + gy) * (y - t)
  } else {
    next = if t > x { most } else { least }
  }
  if ft > fx { return (x, fx, gx, t, ft, gt, next, found) }
  if opposite { return (t, ft, gt, x, fx, gx, next, found) }
  (t, ft, gt, y, fy, gy, next, found)
}

# A step along d that satisfies the strong Wolfe conditions with ftol and gtol: Moré and Thuente, "Line search algorithms with guaranteed
# sufficient decrease", ACM TOMS 20, 1994, with MINPACK-2's constants.  Gives (step, q, loss, gradient); a trial that is not finite halves the
# reach.  A step of 0: no lower loss was found.
fn _wolfe(f, p, fx0, g0, d, start, ftol, gtol, trials = 20) {
  let slope = _inner(g0, d)
  let (x, fx, gx, y, fy, gy) = (0, fx0, slope, 0, fx0, slope)
  let test = ftol * slope
  let (t, bracketed, first) = (minimum(start, 1e37), false, true)
  let (least, most, reach) = (0, 5 * start, 1e37)   # a longer step would leave the range of f32
  let (width, width2) = (inf, inf)
  let best = (0, p, fx0, g0)
  for k in 1..trials {
    let q = p + t * d
    let (fq, gq) = value_and_grad(f)(q)
    let now = _inner(gq, d)
    if not (isfinite(fq) and isfinite(now) and all(isfinite(gq))) {
      reach = t
      t = x + 0.1 * (t - x)
      most = minimum(most, reach)
      continue
    }
    if fq < best[2] { best = (t, q, fq, gq) }
    let bound = fx0 + t * test
    if fq <= bound and abs(now) <= gtol * -slope { return (t, q, fq, gq) }
    if bracketed and (t <= least or t >= most or most - least <= 0.1 * f.rounding * most) { return best }
    if first and fq <= bound and now >= minimum(ftol, gtol) * slope { first = false }
    if first and fq <= fx and fq > bound {
      let r = _next_trial(x, fx - x * test, gx - test, y, fy - y * test, gy - test, t, fq - t * test, now - test, bracketed, least, most)
      x = r[0]
      fx = r[1] + x * test
      gx = r[2] + test
      y = r[3]
      fy = r[4] + y * test
      gy = r[5] + test
      t = r[6]
      bracketed = r[7]
    } else {
      (x, fx, gx, y, fy, gy, t, bracketed) = _next_trial(x, fx, gx, y, fy, gy, t, fq, now, bracketed, least, most)
    }
    if bracketed {
      if abs(y - x) >= 0.66 * width2 { t = x + 0.5 * (y - x) }
      width2 = width
      width = abs(y - x)
      least = minimum(x, y)
      most = maximum(x, y)
    } else {
      least = t + 1.1 * (t - x)
      most = minimum(t + 4 * (t - x), reach)
    }
    if t >= reach { t = x + 0.5 * (reach - x) }
    if bracketed and (t <= least or t >= most) { t = x }
    if t == 0 { return best }
  }
  best
}

# The first step along -g, no longer than 1; of length 1 where the loss cannot show as little as g'g: then it is counted in large units.
fn _steepest_step(f, fx, g) {
  let length = _length(g)
  if length > 0 and length^2 <= 100 * f.rounding * abs(fx) { 1 / length } else { minimum(1, 1 / length) }
}

# The first of `start`, `start / 2` … whose loss is lower by 1e-4 of what the slope promises (Armijo, 1966): (step, q, loss, gradient).
fn _armijo(f, p, fx, g, d, start) {
  let slope = _inner(g, d)
  let t = start
  for k in 1..60 {
    let q = p + t * d
    let fq = f(q)
    if isfinite(fq) and fq <= fx + 1e-4 * t * slope and fq < fx {
      let (fq, gq) = value_and_grad(f)(q)
      if all(isfinite(gq)) { return (t, q, fq, gq) }
    }
    t = if isfinite(fq) { maximum(0.1 * t, minimum(0.5 * t, -0.5 * slope * t * t / (fq - fx - slope * t))) } else { 0.1 * t }
  }
  (0, p, fx, g)
}

# ---- the optimizers ----

## Steepest descent with a line search along `-g` (Cauchy, 1847; Nocedal and Wright, "Numerical Optimization", 2nd ed.,
## chapter 3). `search:` is `"exact"` (until the slope is 1e-6 of the initial one, first by the curvature along the
## line, then as "wolfe"), `"armijo"` (backtracking to sufficient decrease) or `"wolfe"` (the strong Wolfe conditions,
## by Moré and Thuente's search).
##
##     let w = param([3, -2])
##     train w { loss: sum([1, 4] * (w - 1)^2); optimizer: Steepest(); steps: 60 }
##     print("{w[0]:.2f} {w[1]:.2f}")   # expect: 1.00 1.00
optimizer Steepest(search = "wolfe", gtol = 1e-8, ftol = 0) {
  assert(search in ["exact", "armijo", "wolfe"], "search is \"exact\", \"armijo\" or \"wolfe\", it is {search}")
  assert(gtol >= 0 and ftol >= 0, "gtol and ftol must be 0 or more")
  state last = 0 * p[0]
  state gain = 0 * p[0]   # of the step before, step times slope
  fn step(p, g, f) {
    if _ends(f, p, g, t, last, gtol, ftol) { return none }
    let fx = f(p)
    let slope = -_inner(g, g)
    let start = if t == 1 { _steepest_step(f, fx, g) } else { number(gain) / slope }
    if search == "exact" {
      let u = g / _largest(g)   # a product with g itself overflows where the loss is large
      let curve = _inner(u, hvp(f, p, u))
      if curve > 0 { start = _inner(u, u) / curve }
    }
    let (a, q, fq, gq) = if search == "armijo" { _armijo(f, p, fx, g, -g, if t == 1 { start } else { 4 * start }) }
      else { _wolfe(f, p, fx, g, -g, start, 1e-4, if search == "exact" { 1e-6 } else { 0.9 }) }
    if a == 0 { _no_descent(f, p, fx, -g, slope, start) }
    last = fx
    gain = a * slope
    p = q
  }
}

## Nonlinear conjugate gradients: `d = -g + beta d`, with a strong Wolfe line search. `rule:` is `"hager_zhang"` (Hager
## and Zhang, "A new conjugate gradient method with guaranteed descent and an efficient line search", SIAM J. Optim. 16,
## 2005, with their bound of beta), `"polak_ribiere"` (`max(beta, 0)`) or `"fletcher_reeves"` (Nocedal and Wright,
## algorithm 5.4). It restarts along `-g` where d is not a descent direction.
##
##     let w = param([-1.2, 1])
##     train w { loss: 100 * (w[1] - w[0]^2)^2 + (1 - w[0])^2; optimizer: ConjugateGradient(); steps: 30 }
##     print("{w[0]:.2f} {w[1]:.2f}")   # expect: 1.00 1.00
optimizer ConjugateGradient(rule = "hager_zhang", gtol = 1e-8, ftol = 0) {
  assert(rule in ["hager_zhang", "polak_ribiere", "fletcher_reeves"], "rule is \"hager_zhang\", \"polak_ribiere\" or \"fletcher_reeves\", it is {rule}")
  assert(gtol >= 0 and ftol >= 0, "gtol and ftol must be 0 or more")
  state d = 0
  state before = 0   # the gradient of the step before
  state last = 0 * p[0]
  state gain = 0 * p[0]   # of the step before, step times slope
  fn step(p, g, f) {
    if _ends(f, p, g, t, last, gtol, ftol) { return none }
    let fx = f(p)
    let beta = if t == 1 { 0 } else { _conjugate(rule, g, before, d) }
    d = beta * d - g
    let slope = _inner(g, d)
    if not (slope < 0) {
      d = -g
      slope = -_inner(g, g)
    }
    let start = if t == 1 or number(gain) == 0 { _steepest_step(f, fx, g) } else { number(gain) / slope }
    let (a, q, fq, gq) = _wolfe(f, p, fx, g, d, start, 1e-4, 0.1)
    if a == 0 {
      if beta == 0 { _no_descent(f, p, fx, d, slope, start) } else { d = 0 * d }
    }
    before = g
    last = fx
    gain = a * slope
    p = q
  }
}

fn _conjugate(rule, g, before, d) {
  let y = g - before
  if rule == "fletcher_reeves" { return _inner(g, g) / _inner(before, before) }
  if rule == "polak_ribiere" { return maximum(0, _inner(g, y) / _inner(before, before)) }
  let dy = _inner(d, y)
  if dy == 0 { return 0 }
  let beta = (_inner(y, g) - 2 * _inner(d, g) * _inner(y, y) / dy) / dy
  maximum(beta, -1 / (_length(d) * minimum(0.01, _length(before))))
}

# Does the gradient's change from g to h along s show a positive curvature, beyond the rounding of its elements?  A test that no unit changes,
# neither that of the loss nor that of a variable.
fn _shows_curvature(f, s, g, h) = _inner(s, h - g) > 2 * f.rounding * _inner(abs(s), abs(g) + abs(h))

## The BFGS quasi-Newton method with a dense inverse Hessian (Nocedal and Wright, algorithm 6.1). The first inverse is
## scaled by `s'y / y'y`; a pair with no positive curvature is skipped. Memory grows with the square of the number of
## parameters; LBFGS needs less.
##
##     let w = param([-1.2, 1])
##     train w { loss: 100 * (w[1] - w[0]^2)^2 + (1 - w[0])^2; optimizer: BFGS(); steps: 60 }
##     print("{w[0]:.2f} {w[1]:.2f}")   # expect: 1.00 1.00
optimizer BFGS(gtol = 1e-8, ftol = 0) {
  assert(gtol >= 0 and ftol >= 0, "gtol and ftol must be 0 or more")
  state B = eye(len(p)) + 0 * p   # the inverse Hessian
  state pairs = 0 * p[0]
  state last = 0 * p[0]
  fn step(p, g, f) {
    if _ends(f, p, g, t, last, gtol, ftol) { return none }
    let fx = f(p)
    let d = -(B @ g)
    let slope = _inner(g, d)
    if not (slope < 0) {
      B = eye(len(p)) + 0 * p
      pairs = 0
      d = -g
      slope = -_inner(g, g)
    }
    let start = if number(pairs) == 0 { _steepest_step(f, fx, g) } else { 1 }
    let (a, q, fq, gq) = _wolfe(f, p, fx, g, d, start, 1e-3, 0.9)
    if a == 0 {
      if number(pairs) == 0 { _no_descent(f, p, fx, d, slope, start) }
      B = eye(len(p)) + 0 * p
      pairs = 0
    }
    let s = q - p
    let y = gq - g
    let sy = _inner(s, y)
    if a > 0 and _shows_curvature(f, s, g, gq) {
      if number(pairs) == 0 { B = sy / _inner(y, y) * (eye(len(p)) + 0 * p) }
      let w = B @ y
      B = B + (sy + _inner(y, w)) / sy^2 * outer(s, s) - (outer(w, s) + outer(s, w)) / sy
      pairs = pairs + 1
    }
    last = fx
    p = q
  }
}

# The inverse Hessian of the last k pairs, rows of S and Y, times g (Nocedal and Wright, algorithm 7.4).
fn _two_loops(g, S, Y, k) {
  if k == 0 { return g }
  let parts = []
  let q = g
  for i in 1..k {
    let a = _inner(S[-i], q) / _inner(S[-i], Y[-i])
    q = q - a * Y[-i]
    parts = push(parts, a)
  }
  q = _inner(S[-1], Y[-1]) / _inner(Y[-1], Y[-1]) * q
  for i in k..1 by -1 {
    q = q + (parts[i - 1] - _inner(Y[-i], q) / _inner(S[-i], Y[-i])) * S[-i]
  }
  q
}

## Limited-memory BFGS, which stores the last `memory` pairs instead of a matrix (Liu and Nocedal, "On the limited
## memory BFGS method for large scale optimization", Math. Programming 45, 1989), with Moré and Thuente's line search
## and the constants of L-BFGS-B.
##
##     let w = param([-1.2, 1])
##     let h = train w { loss: 100 * (w[1] - w[0]^2)^2 + (1 - w[0])^2; optimizer: LBFGS(gtol: 1e-3); steps: 100; quiet: true }
##     print("{w:.2f} {h.stopped}")   # expect: [1.00, 1.00] converged
optimizer LBFGS(memory = 10, gtol = 1e-8, ftol = 0) {
  assert(memory >= 1 and memory % 1 == 0, "memory must be 1 pair or more, it is {memory}")
  assert(gtol >= 0 and ftol >= 0, "gtol and ftol must be 0 or more")
  state S = zeros(memory, len(p)) + 0 * p
  state Y = zeros(memory, len(p)) + 0 * p
  state pairs = 0 * p[0]
  state last = 0 * p[0]
  fn step(p, g, f) {
    if _ends(f, p, g, t, last, gtol, ftol) { return none }
    let fx = f(p)
    let k = number(pairs)
    let d = -_two_loops(g, S, Y, k)
    let slope = _inner(g, d)
    if not (slope < 0) {
      k = 0
      d = -g
      slope = -_inner(g, g)
    }
    let start = if k == 0 { _steepest_step(f, fx, g) } else { 1 }
    let (a, q, fq, gq) = _wolfe(f, p, fx, g, d, start, 1e-3, 0.9)
    if a == 0 and k == 0 { _no_descent(f, p, fx, d, slope, start) }
    if a == 0 { k = 0 }
    let s = q - p
    let y = gq - g
    if a > 0 and _shows_curvature(f, s, g, gq) {
      S = concat(S[1:], s[none, :], axis: 0)
      Y = concat(Y[1:], y[none, :], axis: 0)
      k = minimum(k + 1, memory)
    }
    pairs = k
    last = fx
    p = q
  }
}
