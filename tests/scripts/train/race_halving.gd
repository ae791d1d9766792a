# The worse half is dropped at an eighth, a quarter and a half of the epochs; what stays in is as if it had never waited.
seed(4)
let d = moons(60, noise: 0.1)
let net = chain(Dense(2, 6), BatchNorm(6), tanh, Dense(6, 2))
let start = copy(net)
let draws = 3
fn run(halves) {
  seed(8)
  assign(net, start)
  race net on (x, y) in d { settings: (lr: [0.1, 0.03, 0.01, 0.003, 0.001, 0]); loss: cross_entropy(net(x), y); optimizer: Adam(lr: lr); epochs: 16; batch: 25; halving: halves }
}
let whole = run(false)
let r = run(true)
print([r["lr: {lr}"].epochs for lr in ["0.1", "0.03", "0.01", "0.003", "0.001", "0"]] |> sort)   # expect: [2, 2, 2, 4, 8, 16]
let last = get(r, "lr: {r.winner.lr}")
print(last.stopped, r["lr: 0"].stopped, "5 were better" in r["lr: 0"].why or "of 6 were better" in r["lr: 0"].why)   # expect: epochs halving true
print(all(last.step_loss == get(whole, "lr: {r.winner.lr}").step_loss), r.winner == whole.winner)         # expect: true true
print(number(cross_entropy(net(d.x), d.y)) < last.loss[0])   # expect: true
