# lr: auto is a range test on a copy before the first step, and schedules of the rate and of beta1 about what it found.
seed(3)
let data = line_data(200, slope: 2, intercept: 3)
fn train_with(o, epochs, net = Dense(1, 1)) {
  assign(net.W, [[0]])
  let h = train net on (x, y) in data { loss: mse(net(x)[:, 0], y); optimizer: o; epochs: epochs; batch: 10; shuffle: false; quiet: true }
  (h, net)
}
let o = Adam(lr: auto)
let (h, net) = train_with(o, 20)
let (again, same) = train_with(Adam(lr: o.lr, beta1: o.beta1), 20)
print(type(o.lr), h.lr[0] == o.lr(0), h.lr[-1] == o.lr(399))   # expect: function true true
print(o.lr(20) > 1e-4 and o.lr(20) < 2, h.lr[19] == max(h.lr), h.lr[200] < h.lr[100], o.lr(400))   # expect: true true true 0
print(net.W == same.W, h.steps, o.steps, h.loss[-1] == again.loss[-1])   # expect: [[true]] 400 400 true
print(h.loss[-1] < 0.2)   # expect: true
print(abs(o.beta1(19) - 0.7) < 1e-12, o.beta1(400), o.beta1(0) < 0.9)   # expect: true 0.9 true
# each train finds it anew, keeps what the optimizer knows, and falls to its own end
let (further, _) = train_with(o, 10, net)
print(o.steps, further.lr[0] > 0, further.lr[-1] < further.lr[50] / 50, o.lr(600))   # expect: 600 true true 0
o.lr = 0.5
print(train_with(o, 1, net).0.lr[0], o.lr, o.beta1)   # expect: 0.5 0.5 0.9
# a beta1 that the call gives, or that is set, stays; so does one of a training too short for a test
let (given, changed, short, passed) = (Adam(lr: auto, beta1: 0.9), Adam(auto), Adam(lr: auto), map([auto], fn(rate) = Adam(rate))[0])
changed.beta1 = 0.6
train_with(given, 20)
train_with(changed, 20)
train_with(short, 2)
train_with(passed, 20)
print(given.beta1, changed.beta1, short.beta1, type(passed.beta1))   # expect: 0.9 0.6 0.9 function
# nor does one for which the declaration allows no less
optimizer Heavy(lr = 1e-3, beta1 = 0.9) {
  assert(beta1 >= 0.85, "beta1 must be 0.85 or more, it is {beta1}")
  state m = 0
  fn step(p, g) {
    m = beta1 * m + (1 - beta1) * g
    p = p - lr * m
  }
}
let heavy = Heavy(lr: auto)
train_with(heavy, 20)
print(heavy.beta1)   # expect: 0.9
# where all elements move alike, the rate goes with the size of the values, and so with the width
fn rate_at(width) {
  seed(1)
  let net = chain(Dense(8, width), tanh, Dense(width, 1))
  let x = randn(100, 8)
  let h = train net { loss: mse(net(x)[:, 0], x[:, 0] * x[:, 1]); optimizer: AdamW(lr: auto); steps: 300; quiet: true }
  max(h.lr)
}
print(rate_at(16) > 2 * rate_at(1024))   # expect: true
print(train_with(AdamW(lr: auto), 2).0.lr[0])   # expect: 0.001
print(attempt(fn() = Adam(beta1: auto)).error)   # expect: `auto` is only for `lr`: `beta1` needs a number
let p = Adam(lr: auto)
print(attempt(fn() { update net { loss: l2(net); optimizer: p } }).error)   # expect: `lr: auto` is for `train`, which knows its length: give an `update` a number
# the rate goes with the scale of the loss where the optimizer's step does, also where all the declared range is too high
fn rate_of(scale) {
  let w = param([3, -2])
  let o = GD(lr: auto)
  let h = train w { loss: scale * sum([1, 4] * w^2); optimizer: o; steps: 400; quiet: true }
  assert(h.loss[-1] < 1e-6 * h.loss[0])
  max(h.lr) * scale
}
print([abs(rate_of(k) / rate_of(1) - 1) < 1e-3 for k in list(1e3, 1e6)])   # expect: [true, true]
# a rate that a loss of almost nothing bears, and the first values do not, is not taken
fn highest(steps, curvature) {
  let w = param([1, 2])
  let h = train w { loss: sum([1, curvature] * w^2); optimizer: SGD(lr: auto); steps: steps; quiet: true }
  max(h.step_loss) / h.step_loss[0]
}
print([highest(n, 1) == 1 and highest(n, 10) == 1 for n in [200, 600, 1000, 2000]])   # expect: [true, true, true, true]
