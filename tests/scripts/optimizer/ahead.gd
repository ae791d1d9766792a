# A gradient that is taken where the optimizer says.
precision(f64)
let w = param([3, 4])
train w { loss: sum(w^2) / 2; optimizer: SAM(GD(lr: 0.5), rho: 0.5); steps: 1; quiet: true }
print(abs(w - [1.35, 1.8]) < 1e-12)   # expect: [true, true]
let data = dataset([[1], [2], [3], [4]], [1, 2, 3, 5])
let o = ScheduleFree(lr: 0.1)
let k = param(0)
let h = train k on (x, y) in data { loss: mean((x[:, 0] * k - y)^2); optimizer: o; epochs: 1; batch: 2; accumulate: 2; shuffle: false; validate: data; quiet: true }
print(abs(h.val_loss[0] - mean((data.x[:, 0] * k - data.y)^2)) < 1e-12)   # expect: true
let (s, t) = (param(2), param(2))
model Held() { param s: positive = 2; fn forward(x) = s * x }
let held = Held()
train held { loss: (held(1) - 1)^2; optimizer: SAM(GD(lr: 0.1)); steps: 50; quiet: true }
print(abs(held.s - 1) < 0.01)         # expect: true
print(attempt(fn() { train s { loss: s^2; optimizer: SAM(ScheduleFree()); steps: 1; quiet: true } }).error)   # expect: at most one optimizer may have `ahead`, which sets where the gradient is taken for all tensors
print(attempt(fn() { update s { gradient: 1; optimizer: SAM(GD()) } }).error)   # expect: this optimizer takes the gradient at another point than p: it needs a loss
let norm = chain(Dense(1, 2), BatchNorm(2), Dense(2, 1))
let before = norm.parts.1.mean_ + 0
train norm { loss: sum(norm([[1], [2]])^2); optimizer: SAM(GD(lr: 0.01)); steps: 1; quiet: true }
print(any(norm.parts.1.mean_ != before))   # expect: true
