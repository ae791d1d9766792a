# a product of two params: only it is known
# wanted: not identified
seed(SEED)
let x = linspace(0, 1, 50)
let a = param(1.5)
let b = param(0.5)
train a, b { loss: mse(a * b * x, 3 * x); optimizer: GD(lr: 0.1); steps: 400 }   # here
