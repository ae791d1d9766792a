# Optimizers of the whole vector that use second derivatives: Newton's method, with a line search or within a radius.
#
# They converge in few steps, each of which costs a Hessian (Newton, TrustRegion) or some tens of products with it
# (NewtonCG), and they tell a saddle point from a minimum. A loss without second derivatives, at a kink, is an error that names
# LBFGS. How such a step runs, when it ends, and the line searches are those of line_search.gd; where the loss is a sum of
# squares, TrustRegion takes the model of least_squares.gd.

# What is made of second derivatives at p, which a kink or a pole of the loss has none of.
fn _curved(what) {
  if not all(isfinite(what)) {
    error("a second derivative of the loss is NaN or infinite here, at the kink or pole of an operation (as abs(x)^1.5 has at 0): LBFGS needs first derivatives only")
  }
  what
}

# Where the gradient is as good as none: a lower point along the direction of the most negative curvature, or none at a minimum.
fn _below_saddle(f, p) {
  if f.least_squares { return none }
  let (values, V) = eigh(hessian(f)(p))
  if number(min(values)) >= -1e-8 * _largest(values) { return none }
  let (fx, v) = (f(p), V[:, number(argmin(values))])
  for k in 0..40 {
    for side in [1, -1] {
      let q = p + side * 0.5^k * v
      if f(q) < fx and all(isfinite(grad(f)(q))) { return q }
    }
  }
  none
}

# Newton's step is 1, along a direction that is no longer than a million times p: where the curvature is all but 0 it is.
fn _first_step(p, d) = minimum(1, 1e6 * maximum(_length(p), 1) / _length(d))

## Newton's method with a line search. Where the Hessian is not positive definite its eigenvalues are replaced by their
## absolute values, and raised to at least `floor` times the largest (Nocedal and Wright, section 3.4), so every
## direction descends. At a saddle point it continues along the direction of most negative curvature.
##
##     let w = param([-1.2, 1])
##     train w { loss: 100 * (w[1] - w[0]^2)^2 + (1 - w[0])^2; optimizer: Newton(); steps: 30 }
##     print("{w[0]:.2f} {w[1]:.2f}")   # expect: 1.00 1.00
optimizer Newton(gtol = 1e-8, ftol = 0, floor = 1e-12) {
  assert(gtol >= 0 and ftol >= 0, "gtol and ftol must be 0 or more")
  assert(floor > 0 and floor < 1, "floor must be above 0 and below 1, it is {floor}")
  state last = 0 * p[0]
  fn step(p, g, f) {
    if _largest(g) <= gtol {
      let q = _below_saddle(f, p)
      if type(q) != "none" {
        p = q
        return none
      }
    }
    if _ends(f, p, g, t, last, gtol, ftol) { return none }
    let fx = f(p)
    let (values, V) = eigh(_curved(hessian(f)(p)))
    let most = _largest(values)
    let d = if most == 0 { -g } else { -(V @ (V' @ g / maximum(abs(values), floor * most))) }
    let slope = _inner(g, d)
    let start = _first_step(p, d)
    let (a, q, fq, gq) = _armijo(f, p, fx, g, d, start)
    if a == 0 { _no_descent(f, p, fx, d, slope, start) }
    last = fx
    p = q
  }
}

## Truncated Newton: solves for the direction by conjugate gradients, using Hessian-vector products only, to the
## residual `min(0.5, sqrt |g|) |g|`. It stops at a direction of negative curvature (Nocedal and Wright, algorithm 7.1).
##
##     let w = param([-1.2, 1])
##     train w { loss: 100 * (w[1] - w[0]^2)^2 + (1 - w[0])^2; optimizer: NewtonCG(); steps: 200 }
##     print("{w[0]:.2f} {w[1]:.2f}")   # expect: 1.00 1.00
optimizer NewtonCG(gtol = 1e-8, ftol = 0) {
  assert(gtol >= 0 and ftol >= 0, "gtol and ftol must be 0 or more")
  state last = 0 * p[0]
  fn step(p, g, f) {
    if _ends(f, p, g, t, last, gtol, ftol) { return none }
    let fx = f(p)
    let size = _largest(g)   # z is the direction divided by it, so that no unit of the loss overflows
    let z = 0 * p
    let r = g / size
    let d = -r
    let limit = minimum(0.5, sqrt(_length(g))) * _length(r)
    let rr = _inner(r, r)
    for j in 1..2 * len(p) {
      let Hd = _curved(hvp(f, p, d))
      let curve = _inner(d, Hd)
      if curve <= 0 {
        if j == 1 { z = d }
        break
      }
      let a = rr / curve
      z = z + a * d
      r = r + a * Hd
      let more = _inner(r, r)
      if sqrt(more) < limit { break }
      d = more / rr * d - r
      rr = more
    }
    z = size * z
    let start = _first_step(p, z)
    let (a, q, fq, gq) = _armijo(f, p, fx, g, z, start)
    if a == 0 { _no_descent(f, p, fx, z, _inner(g, z), start) }
    last = fx
    p = q
  }
}

# The lowest point of g'z + z'Bz/2 within |z| <= radius, from the eigenvalues of B (Moré and Sorensen, "Computing a trust region step",
# SIAM J. Sci. Stat. Comput. 4, 1983): (z, what the model promises).
fn _within(values, V, g, radius) {
  let c = V' @ g
  let least = number(min(values))
  let small = 1e-14 * maximum(_largest(values), 1e-300)
  let inside = least > small
  let shift = 0
  if inside { inside = _length(c / values) <= radius }
  let free = c
  if not inside {
    let low = maximum(0, -least)
    let high = low + _length(c) / radius
    let edge = low + small
    let on_edge = _length(c / (values + edge))
    if on_edge <= radius {
      # the hard case: along the eigenvector of the least value to the border
      let z = -(c / (values + edge))
      let along = sqrt(maximum(0, radius^2 - _inner(z, z)))
      let first = where(arange(len(z)) == number(argmin(values)), 1, 0)
      z = z + along * first
      let zz = V @ z
      return (zz, -(_inner(c, z) + 0.5 * _inner(values * z, z)))
    }
    shift = edge
    for k in 1..60 {
      let z = c / (values + shift)
      let length = _length(z)
      if abs(length - radius) <= 1e-10 * radius { break }
      if length > radius { low = shift } else { high = shift }
      let slope = _inner(z, z / (values + shift))
      let next = shift + (length / radius - 1) * length^2 / slope
      shift = if next > low and next < high { next } else { 0.5 * (low + high) }
    }
  }
  let z = -(c / (values + shift))
  (V @ z, -(_inner(c, z) + 0.5 * _inner(values * z, z)))
}

## Newton's method within a trust region, a radius within which the quadratic model has been accurate, so the Hessian
## may be indefinite (Nocedal and Wright, algorithm 4.1; the step by Moré and Sorensen, 1983). Each variable is scaled
## by the square root of its largest second derivative so far, but by no less than a millionth of the largest scale
## (`scaled: false`: all alike). `xtol` bounds the radius relative to the norm of p.
##
##     let w = param([-1.2, 1])
##     train w { loss: 100 * (w[1] - w[0]^2)^2 + (1 - w[0])^2; optimizer: TrustRegion(); steps: 30 }
##     print("{w[0]:.2f} {w[1]:.2f}")   # expect: 1.00 1.00
optimizer TrustRegion(radius = 1, gtol = 1e-12, ftol = 0, xtol = 1e-14, scaled = true) {
  assert(radius > 0 and radius < inf, "radius must be above 0 and finite, it is {radius}")
  assert(gtol >= 0 and ftol >= 0 and xtol >= 0, "gtol, ftol and xtol must be 0 or more")
  state reach = radius + 0 * p[0]
  state D = 0
  state last = 0 * p[0]
  fn step(p, g, f) {
    if _largest(g) <= gtol {
      let q = _below_saddle(f, p)
      if type(q) != "none" {
        p = q
        return none
      }
    }
    if _ends(f, p, g, t, last, gtol, ftol) { return none }
    let fx = f(p)
    let (values, V) = (p, p)
    if f.least_squares {
      let J = jacobian(f.residuals)(p)
      D = if scaled { maximum(0.5 * D, _column_lengths(J)) } else { ones_like(p) }
      let (U, s, W) = _factors(J / D)
      (values, V) = (2 * s^2, W)
    } else {
      let H = _curved(hessian(f)(p))
      if scaled {
        let curves = sqrt(abs(diag(H)))
        D = maximum(D, where(curves > 0, curves, where(D > 0, D, 1)))
        D = maximum(D, 1e-6 * max(D))
      } else { D = ones_like(p) }
      (values, V) = eigh(H / outer(D, D))
    }
    let size = maximum(_length(D * p), 1e-300)
    let r = number(reach)
    if t == 1 and scaled { r = r * maximum(size, 1) }
    last = fx
    let broken = false   # does the loss rise where the model is trusted most?
    let shrunk = false   # in this step
    for k in 1..100 {
      let (z, gain) = _within(values, V, g / D, r)
      let q = p + z / D
      let fq = f(q)
      let ratio = if isfinite(fq) and gain > 0 { (fx - fq) / gain } else { -1 }
      if gain > 100 * f.rounding * maximum(abs(fx), 1) { broken = ratio < -0.1 }
      if gain <= 4 * f.rounding * abs(fx) and not shrunk and _length(z) > 0.99 * r and k < 60 {
        r = 4 * r   # the radius is left from where the model was worse
        continue
      }
      if gain <= 4 * f.rounding * abs(fx) or r <= xtol * size {
        # what is left to gain is lost in rounding
        if broken { _wrong_slope(_inner(g, z / D)) }
        if isfinite(fq) and fq < fx { p = q }
        if gain <= 4 * f.rounding * abs(fx) { converged("search", maximum(gain, 0) / maximum(abs(fx), 1e-300), 4 * f.rounding) }
        else { converged("radius", r / size, xtol) }
        break
      }
      if ratio < 0.25 {
        r = 0.25 * minimum(r, _length(z))
        shrunk = true
      }
      if ratio > 0.75 and _length(z) > 0.99 * r { r = 2 * r }
      if ratio > 1e-4 and all(isfinite(grad(f)(q))) {
        p = q
        break
      }
    }
    reach = r
  }
}
