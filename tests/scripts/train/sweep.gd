# Rates from 1e-4 to 1e3 on five problems: a run that diverges ends with its values of before, the script goes on.
let x = [[1, 2], [3, -1], [0.5, 4]]
let y = [1, -1, 2]
fn problems(net, w) = list(
  fn() = sum((w - 3)^2), fn() = 100 * (w[1] - w[0]^2)^2 + (1 - w[0])^2,
  fn() = sum(abs(w)), fn() = mse(net(x)[:, 0], y), fn() = sum(exp(w)) - sum(w))
let (stopped, table) = (0, [])
for rate in [1e-4, 1e-2, 1, 1e2, 1e3] {
  for k in 0..4 {
    let (net, w) = (chain(Dense(2, 4), tanh, Dense(4, 1)), param([-1, 2]))
    let f = problems(net, w)[k]
    let h = train net, w { loss: f() + 0 * sum(w) + 0 * l2(net); optimizer: GD(lr: rate); steps: 30; on_divergence: "stop"; quiet: true }
    assert(all(isfinite(w)) and all(isfinite(net.parts.0.W)))
    if h.stopped == "diverged" { stopped += 1 }
    table = push(table, h.steps)
  }
}
print(stopped > 2, len(table))   # expect: true 25
