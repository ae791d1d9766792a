# A fixed rate above what the curvature bears is told before the first step, at the optimizer's line: with momentum, with its own bound.
fn along(w) = (100 * w[0]^2 + w[1]^2) / 2
let w = param([1, 1])
let h = train w { loss: along(w); optimizer: GD(lr: 0.021); steps: 100_000; on_divergence: "stop" }
print(h.stopped, h.steps > 100)   # expect: diverged true
# expect stderr: the rate is 0.021, and GD is stable below 0.02 here: the curvature of the loss is 100 or more
let v = param([1, 1])
train v { loss: along(v); optimizer: SGD(lr: 0.039, momentum: 0.9, weight_decay: 1); steps: 100_000; on_divergence: "stop" }
# expect stderr: the rate is 0.039, and SGD is stable below 0.0376 here: the curvature of the loss is 100 or more
let u = param([1, 1])
train u { loss: along(u); optimizer: SGD(lr: 0.0136, momentum: 0.9, nesterov: true); steps: 100_000; on_divergence: "stop" }
# expect stderr: the rate is 0.0136, and SGD is stable below 0.0136 here
let d = dataset(randn(1_000, 4) * [[1, 1, 1, 20]], randn(1_000))
let net = Dense(4, 1)
train net on (x, y) in d { loss: mse(net(x)[:, 0], y); optimizer: SGD(lr: 0.01); batch: 100; steps: 100_000; on_divergence: "stop" }
# expect stderr: on the first 100 rows (others differ)
