# a step of the whole vector: all trained tensors are one, f is the loss there, and the step branches on what it finds
precision(f64)
optimizer Descent(far = 1) {
  state tried = zeros()
  fn step(p, g, f) {
    if max(abs(g)) < 1e-8 { converged("gradient", max(abs(g)), 1e-8) }
    else {
      let h = far
      while not (f(p - h * g) < f(p)) { h = h / 2; tried = tried + 1 }   # NaN is not lower
      p = p - h * g
    }
  }
}
optimizer Newtonian() { fn step(p, g, f) { p = p - solve(hessian(f)(p), g) } }
model Parts() {
  param a: [2, 2] = ones(2, 2) * 3
  param s: positive = 2
  let frozen = Dense(2, 1)
}
let net = Parts()
freeze(net.frozen)
let kept = copy(net.frozen)
let q = param(4)
let h = train net, q { loss: sum((net.a - 1)^2) + (log(net.s) - 1)^2 + (sqrt(q) - 2 - net.a[0, 0] + 1)^2; optimizer: Descent(far: 64); steps: 5000; quiet: true }
print(h.stopped, norm(net.a - 1) < 1e-6, abs(net.s - e) < 1e-6, abs(q - 4) < 1e-4, norm(kept.W - net.frozen.W))   # expect: converged true true true 0
print(h.why)                                            # expect ~ gradient: the largest element of the gradient, .*, is at most 1e-8
print(h.evaluations > h.steps, h.loss[-1] <= h.loss[0])  # expect: true true
let w = param([5, -5, 1])
let one = Newtonian()
let k = train w { loss: (w[0] - 1)^2 + 3 * (w[1] - w[0])^2 + w[2]^2 * 2; optimizer: one; steps: 1; quiet: true }
print(norm(w - [1, 1, 0]) < 1e-12, one.steps, k.why)     # expect: true 1 steps: 1 made
print(update w { loss: sum((w - 3)^2); optimizer: one }, norm(w - 3) < 1e-12)   # expect: 17 true
