# restarts: trains from so many first values and keeps the best.
fn well(x) = (x^2 - 1)^2 + 0.3 * x   # lowest at -1.036; at 0.96 it is a minimum too
let found = 0
for s in 1..4 {
  seed(s)
  let x = param(2 * randn())
  let h = train x { loss: well(x); optimizer: SGD(lr: 0.02, momentum: 0.5); steps: 40; restarts: 12; on_divergence: "stop"; quiet: true }
  if abs(x + 1.036) < 0.01 and abs(h.loss[-1] - well(x)) < 1e-3 { found += 1 }
}
print(found)                           # expect: 4
let kept = param(3)                    # its expression does not draw: every run is the same
train kept { loss: (kept - 1)^2; optimizer: Adam(lr: 0.1); steps: 5; restarts: 3; quiet: true }
let once = param(3)
train once { loss: (once - 1)^2; optimizer: Adam(lr: 0.1); steps: 5; quiet: true }
print(kept == once)                    # expect: true
let net = chain(Dense(2, 3), tanh, Dense(3, 1))
let (x, before) = ([[1, 2], [3, 1]], copy(net))
fn loss_of(n) = mse(n(x)[:, 0], [1, -1])
let h = train net { loss: loss_of(net); optimizer: GD(lr: 0.1); steps: 3; restarts: 5; quiet: true }
let one = train before { loss: loss_of(before); optimizer: GD(lr: 0.1); steps: 3; quiet: true }
print(h.loss[-1] <= one.loss[-1], len(h.loss))   # expect: true 3
print(attempt(fn() { train net { loss: l2(net); optimizer: GD(lr: 1e30); steps: 50; restarts: 3; quiet: true } }).ok)   # expect: false
fn elsewhere(w) = train w { loss: w^2; optimizer: GD(); steps: 1; restarts: 2; quiet: true }
fn makes(start) = elsewhere(param(start))
print(attempt(fn() = makes(1)).error)  # expect: this param cannot be made again: its expression is not visible from here
print(attempt(fn() { train net { loss: l2(net); optimizer: GD(); steps: 1; restarts: 2; checkpoint: "r.ckpt"; quiet: true } }).error)   # expect: `restarts:` and `checkpoint:` cannot be combined: a checkpoint covers one training
