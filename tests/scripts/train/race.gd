# Each optimizer begins with the same values and sees the same batches as a `train` of its own would; the winner's values stay.
seed(5)
let d = shuffle(line_data(20))
let w = param([0.5, -0.5])
fn alone(o) {
  seed(6)
  assign(w, [0.5, -0.5])
  train w on (x, y) in d { loss: mse(w[0] + w[1] * x[:, 0], y); optimizer: o; epochs: 4; batch: 7 }
}
let mine = Adam(lr: 0.1)
let expected = list(alone(SGD(lr: 0.05)), alone(mine))
let best = copy(w)
seed(6)
assign(w, [0.5, -0.5])
let r = race w on (x, y) in d { loss: mse(w[0] + w[1] * x[:, 0], y); optimizers: (slow: SGD(lr: 0.05), adam: mine); epochs: 4; batch: 7 }
print(all(r.slow.step_loss == expected[0].step_loss), all(r.adam.step_loss == expected[1].step_loss))   # expect: true true
let lowest = if r.slow.loss[-1] < r.adam.loss[-1] { "slow" } else { "adam" }
print(r.winner == lowest, keys(r))                   # expect: true ["slow", "adam", "winner"]
print(number(mse(w[0] + w[1] * d.x[:, 0], d.y)) < r.slow.loss[0])   # expect: true
# after it draws go on as after a train, and the script's own optimizer is as it was
let next = rand()
seed(6)
let h = train w on (x, y) in d { loss: mse(w[0] + w[1] * x[:, 0], y); optimizer: SGD(lr: 0); epochs: 1; batch: 7 }
print(next == rand())    # expect: true
