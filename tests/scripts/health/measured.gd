# What only the run shows: a saddle at zero, inputs that are not scaled, a rate that blows up.
# options: --quiet
let a = param(zeros(2, 3))
let b = param(zeros(3, 1))
let x = randn(30, 2)
train a, b { loss: mse(x @ a @ b, x @ [[1], [2]]); optimizer: SGD(lr: 0.1); steps: 5; health: true }
# expect stderr: measured: stuck at a saddle
let w = Dense(2, 1)
train w on (p, q) in dataset(x * [1, 500], x[:, :1]) { loss: mse(w(p), q); optimizer: SGD(lr: 1e-9); steps: 5; health: true }
# expect stderr: measured: the inputs are not scaled: column 1
let z = param(1)
train z { loss: z^4; optimizer: GD(lr: 10); steps: 50; on_divergence: "stop"; health: true }
# expect stderr: measured: the rate is too large
# expect stderr: tried on a copy
# silent
