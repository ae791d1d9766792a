# trials see the step's minibatch, its draws and `training`; what they do to buffers is forgotten, the step's own is kept
model Net() {
  let a = Dense(3, 8)
  let n = BatchNorm(8)
  let b = Dense(8, 2)
  buffer seen = zeros()
  fn forward(x) {
    seen = seen + 1
    let y = relu(n(a(x)))
    if training { b(dropout(y, 0.3)) } else { b(y) }
  }
}
optimizer Looks(lr = 0.1) {
  fn step(p, g, f) {
    assert(f(p) == f(1 * p) and f(p + 1) == f(p + 1), "a trial draws as the step does")
    assert(norm(grad(f)(p) - g) == 0, "the gradient is the loss's")
    assert(norm(grad(fn(q) = f(q))(p + 0) - g) < 1e-5, "and through the vector")
    assert(norm(hvp(f, p, g) - hessian(f)(p) @ g) < 1e-2 * norm(g))
    p = p - lr * g
  }
}
seed(3)
let net = Net()
let d = blobs(60, centers: 2, dims: 3)
let h = train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: Looks(lr: fn(t) = 0.1 / (1 + t)); epochs: 2; batch: 20; metrics: (acc: accuracy(net(x), y)); quiet: true }
print(h.steps, net.seen, h.lr[5] < h.lr[4], len(h.acc))   # expect: 6 6 true 2
