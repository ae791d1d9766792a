# What every generated script begins with: the checks, written in gd.
#
# The first line of a script, before this, is `let checking = true` (compare gradients, in f64) or `let checking = false` (print all that was
# worked out, to the last bit, for comparing two runs).  `examine(k, F, x, y)` does so for program k.  What disagrees is printed as
# `BAD k WHAT got wanted error`; `near k WHAT` says that only quotients of very small steps could be compared, `rough k WHAT` that none could;
# `done k` ends each program, and `tell_counts` says how many comparisons of each kind there were.
#
# Difference quotients are central ones of four steps, h to h / 8, extrapolated (Romberg): the last two extrapolations say how
# far they can be trusted, and a gradient may be off by a few times that and not more.  Near a kink they do not agree; then h is made smaller.
# A gradient that is not finite is wrong whatever the quotients say, for the value is finite there and kinks are not generated.

let kinds = list("value", "first", "forward", "jacobian", "second", "symmetric", "mixed", "step", "model", "model step", "sloping", "curved")
let compared = list(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

fn compares(what) {
  for i in 0..len(kinds) - 1 { if kinds[i] == what { compared[i] += 1 } }
}

fn tell_counts() {
  for i in 0..len(kinds) - 1 { print("compared {compared[i]} {kinds[i]}") }
}

let base = (0, 0)
let probing = false

# stop_gradient(a); for difference quotients, which know nothing of it, what it is at the point itself.
fn hold(a, at_base) = if probing { at_base } else { stop_gradient(a) }

# A sum of all elements, each with a weight of its own; a little curved, so that what is linear has a second derivative too.
fn weigh(y) = if rank(y) == 0 { y + 0.03 * y * y } else { sum((y + 0.03 * y * y) * cos(1 + 0.7 * reshape(arange(size(y)), shape(y)))) }
fn direction(x, k) = if rank(x) == 0 { 0.8 + 0.1 * k } else { sin(k + 1.3 * reshape(arange(size(x)), shape(x))) }
# Where a gradient inside is taken: not where something is exactly 0, or two are equal, as after trunc or tril, for there kinks are.
fn off(x) = x + 0.0137 * direction(x, 9)
fn size_of(x) = if x < 0 { -x } else { x }
fn dotted(a, b) = number(sum(a * b))

fn quotient(phi, h) = (phi(h) - phi(-h)) / (2 * h)

fn quotients(phi, h) {
  let (d0, d1, d2, d3) = (quotient(phi, h), quotient(phi, h / 2), quotient(phi, h / 4), quotient(phi, h / 8))
  let (a0, a1, a2) = ((4 * d1 - d0) / 3, (4 * d2 - d1) / 3, (4 * d3 - d2) / 3)
  let (b0, b1) = ((16 * a1 - a0) / 15, (16 * a2 - a1) / 15)
  let c = (64 * b1 - b0) / 63
  (value: c, error: maximum(size_of(c - b1), size_of(b1 - b0) / 20))
}

# The derivative of phi at 0, and how far it can be trusted.
fn slope(phi) {
  probing = true
  let best = quotients(phi, 0.02)
  for h in list(0.002, 0.0002) {
    if best.error > 1e-8 * (1 + abs(best.value)) or isnan(best.error) {
      let next = quotients(phi, h)
      if isnan(best.error) or next.error < best.error { best = next }
    }
  }
  probing = false
  best
}

fn differs(k, what, got, wanted, error, scale) {
  compares(what)
  let off = abs(got - wanted)
  if not (off <= 20 * error + 1e-8 * (1 + scale + abs(wanted))) { print("BAD {k} {what} {got} {wanted} {error}") }
}

fn trusted(q) = not isnan(q.error) and q.error <= 1e-4 * (1 + abs(q.value))
fn fits(got, q) = abs(got - q.value) <= 20 * q.error + 1e-8 * (1 + abs(q.value))

fn agree(a, b) = trusted(a) and trusted(b) and abs(a.value - b.value) <= 20 * (a.error + b.error) + 1e-7 * (1 + abs(b.value))

# A kink much nearer than the shortest step looks smooth from all four, and one in the midst of them leaves no quotient to be trusted.
# There two much smaller steps, one a tenth of the other, are the reference if they agree with each other; a single one is none.
fn against(k, what, got, phi) {
  compares(what)
  let s = slope(phi)
  if isnan(got) or isinf(got) { print("BAD {k} {what} {got} {s.value} {s.error}"); return none }
  if trusted(s) and fits(got, s) { return none }
  probing = true
  let near = map(fn(h) = quotients(phi, h), list(0.0002, 0.00002, 0.000002))
  probing = false
  let other = none
  for i in 0..1 {
    if agree(near[i], near[i + 1]) {
      if fits(got, near[i]) or fits(got, near[i + 1]) { print("near {k} {what}"); return none }
      other = near[i + 1]
    }
  }
  if trusted(s) { print("BAD {k} {what} {got} {s.value} {s.error}") }
  else if other != none { print("BAD {k} {what} {got} {other.value} {other.error}") }
  else { print("rough {k} {what}") }
}

fn check_value(k, f, x, y, v) {
  let at = number(f(x, y))
  if isnan(at) or isinf(at) { print("BAD {k} finite {at} 0 0") }
  differs(k, "value", v, at, 0, 0)
}

fn check_first(k, f, x, y, dx, dy) {
  for i in 1..2 {
    let u = direction(x, i)
    against(k, "first", dotted(dx, u), fn(t) = number(f(x + t * u, y)))
  }
  let u = direction(y, 3)
  against(k, "first", dotted(dy, u), fn(t) = number(f(x, y + t * u)))
}

fn check_forward(k, F, x, y, dx) {
  let u = direction(x, 2)
  let w = F(x, y)
  let up = direction(w, 5)
  let forward = dotted(jvp(fn(z) = F(z, y), x, u), up)
  let back = dotted(vjp(fn(z) = F(z, y), x, up), u)
  differs(k, "forward", forward, back, 0, dotted(abs(vjp(fn(z) = F(z, y), x, up)), abs(u)))
  if size(x) * size(w) <= 24 {
    let j = reshape(jacobian(fn(z) = F(z, y))(x), size(w), size(x))
    differs(k, "jacobian", dotted(j @ reshape(u, -1), reshape(up, -1)), back, 0, dotted(abs(j) @ abs(reshape(u, -1)), abs(reshape(up, -1))))
  }
}

fn check_second(k, f, x, y) {
  let u = direction(x, 4)
  let w = direction(x, 7)
  let h = hvp(fn(z) = f(z, y), x, u)
  let got = dotted(h, w)
  against(k, "second", got, fn(t) = dotted(grad(f)(x + t * u, y), w))
  let turned = dotted(hvp(fn(z) = f(z, y), x, w), u)
  differs(k, "symmetric", got, turned, 0, dotted(abs(h), abs(w)))
  against(k, "mixed", dotted(grad(fn(q) = sum(grad(f)(x, q) * w))(y), direction(y, 2)), fn(t) = dotted(grad(f)(x, y + t * direction(y, 2)), w))
}

# A loss must reach what it trains, which a program need not do: half the sum of squares is added.  A rate of 1 then leaves -gradient.
fn halves(parts) {
  let sum_of = 0
  for p in parts { sum_of += sum(p * p) / 2 }
  sum_of
}

fn check_step(k, f, x, y, dx) {
  let p = param(x)
  let rate = GD(lr: 1)
  update p { loss: f(p * 1, y) + halves(list(p)); optimizer: rate }
  let u = direction(x, 3)
  differs(k, "step", dotted(-p, u), dotted(dx, u), 0, dotted(abs(dx) + abs(x), abs(u)))
}

fn examine(k, F, x, y) {
  let f = fn(x, y) = weigh(F(x, y))
  base = (x, y)
  let (v, dx) = value_and_grad(f)(x, y)
  let dy = grad(f, wrt: 1)(x, y)
  if checking {
    check_value(k, f, x, y, number(v))
    check_first(k, f, x, y, dx, dy)
    check_forward(k, F, x, y, dx)
    check_second(k, f, x, y)
    check_step(k, f, x, y, dx)
    if dotted(abs(dx), 1) + dotted(abs(dy), 1) > 0 { compares("sloping") }
    if dotted(abs(hvp(fn(z) = f(z, y), x, direction(x, 1))), 1) > 0 { compares("curved") }
  } else {
    print("bits {k} {number(v)} {dx:.17g} {dy:.17g}")
    print("bits {k} {F(x, y):.17g} {hvp(fn(z) = f(z, y), x, direction(x, 1)):.17g} {jvp(fn(z) = F(z, y), x, direction(x, 2)):.17g}")
    let p = param(x)
    let adam = Adam(lr: 0.1)
    for i in 0..1 { print("bits {k} {number(update p { loss: f(p * 1, y) + halves(list(p)); optimizer: adam })} {p:.17g}") }
  }
  print("done {k}")
}

# The parameters of a model: f gives one number of a model, parts the list of its parameters, or of their gradients.
fn examine_model(k, net, f, parts) {
  let (v, g) = value_and_grad(f)(net)
  let names = parts(net)
  let slopes = parts(g)
  for i in 0..len(names) - 1 {
    let p = names[i]
    let at = copy(p)
    if checking {
      let u = direction(at, i)
      against(k, "model", dotted(slopes[i], u), fn(t) {
        assign(p, at + t * u)
        let value = number(f(net))
        assign(p, at)
        value
      })
    } else {
      print("bits {k} {number(v)} {slopes[i]:.17g}")
    }
  }
  let before = map(copy, names)
  let rate = GD(lr: 1)
  update net { loss: f(net) + halves(parts(net)); optimizer: rate }
  for i in 0..len(names) - 1 {
    let u = direction(names[i], 3)
    if checking { differs(k, "model step", dotted(-names[i], u), dotted(slopes[i], u), 0, dotted(abs(slopes[i]) + abs(before[i]), abs(u))) }
    else { print("bits {k} {names[i]:.17g}") }
  }
}
