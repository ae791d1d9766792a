# gradients go through what is assigned to a param or buffer: weights that are computed
precision(f64)
model M() {
  param a = zeros(2)
  buffer b = zeros(2)
  fn forward() = sum(a^2) + 3 * sum(b^2)
}
let m = M()
print(grad(fn(v) { let c = copy(m); c.a = v; c() })([1, 2]))       # expect: [2, 4]
print(grad(fn(v) { let c = M(); assign(c.a, v); c() })([1, 2]))    # expect: [2, 4]
print(jvp(fn(v) { let c = copy(m); c.a = v; c() }, [1, 2], [1, 1]))  # expect: 6
print(hessian(fn(v) { let c = copy(m); c.a = v; c() * sum(v) })([1, 2]))  # expect: [[10, 6], [6, 14]]
print(vmap(fn(v) { let c = copy(m); c.a = v; c() })([[1, 2], [3, 4]]))  # expect: [5, 25]

# what was read before keeps its value
fn twice(v) {
  let c = copy(m)
  let d = c()
  c.a = v
  let e = c() + d
  c.a = v * c.a * 2
  e + c()
}
print(twice([1, 2]), grad(twice)([1, 2]), check_gradient(twice, [1, 2]))  # expect: 73 [18, 132] true

# a model from outside has the value afterwards
print(grad(fn(v) { m.b = v; m() })([1, 2]), m.b)                   # expect: [6, 12] [1, 2]
print(grad(fn(v) { assign(m.a, v); m() })([1, 2]), m.a)            # expect: [2, 4] [1, 2]
let kept = none
print(grad(fn(v) { let c = copy(m); c.a = 3 * v; kept = c; c() })([1, 2]), kept.a)  # expect: [18, 36] [3, 6]

# a step of the weights, some of which are held (the virtual step of DARTS)
fn after_step(held) {
  let c = copy(m)
  c.a = held
  let next = c - 0.1 * grad(fn(q) = q())(c)
  next.a = held * next.a
  next()
}
print(grad(after_step)([1, 2]), check_gradient(after_step, [1, 2]))  # expect: [2.56, 20.48] true

# in a training: a net that is trained through what it computes, and a target that follows
let q = param([1, 2])
let h = train q { loss: { let c = copy(m); c.a = q; c() }; optimizer: GD(lr: 0.1); steps: 2; quiet: true }
print(h.loss, q)                                                   # expect: [20, 18.2] [0.64, 1.28]
let target = copy(m)
train m { loss: { target.a = 0.5 * target.a + 0.5 * q; sum((target.a - m.a)^2) }; optimizer: GD(lr: 0.25); steps: 2; quiet: true; each_step: print(target.a, m.a) }
# expect: [0.82, 1.64] [0.91, 1.82]
# expect: [0.73, 1.46] [0.82, 1.64]

# domains: of a copy; what is trained, or mapped, cannot be assigned
model P() { param s: positive = 1; fn forward() = log(s) }
let p = P()
print(grad(fn(v) { let c = copy(p); c.s = v; c() })(2))            # expect: 0.5000000000000001
print(attempt(fn() = grad(fn(v) { p.s = v; p() })(2)).error)       # expect: a param of a domain cannot be assigned inside a gradient or a training step
print(attempt(fn() = train m { loss: { m.a = [1, 1]; m() }; optimizer: GD(lr: 0.1); steps: 1; quiet: true }).error)  # expect: this loss assigns `a`, which the step trains
print(attempt(fn() = vmap(fn(v) { m.a = v; m() })([[1, 2], [3, 4]])).error)  # expect: a param assigned inside `vmap` would have a value for each row
