# A param that the loss makes is new in each step, and nothing would be trained: an error at the line that makes it.
# A copy of what was made before is a constant.
let (a, net) = (param(1), Dense(1, 1))
let before = copy(net)
train on x in ones(4, 1) { loss: mean((copy(net)(x) - 2)^2) + (a - 3)^2; optimizer: GD(lr: 0.1); epochs: 60; quiet: true }
print(abs(a - 3) < 0.01, all(net.W == before.W))   # expect: true true
fn fit() { train on x in ones(4, 1) { loss: mse(Dense(1, 1)(x), 2 * x); optimizer: GD(lr: 0.1); epochs: 3; quiet: true } }
print(attempt(fit).error)   # expect: a param made inside the loss is new in each step: make it before the training
