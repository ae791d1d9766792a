# Two matrices of zeros, one after the other: a saddle; small first values leave it.
# command: doctor
# options: --json
# status: 1
seed(5)
let a = param(zeros(2, 3))
let b = param(zeros(3, 1))
let x = randn(30, 2)
train a, b { loss: mse(x @ a @ b, x @ [[1], [2]]); optimizer: SGD(lr: 0.1); steps: 60 }
# expect ~ .*"message":"health, measured: stuck at a saddle: .*"line":6,.*tried on a copy: after \d+ steps the loss is .* instead of .*
# expect ~ .*"event":"mended".*param\(0.1 \* randn\(2, 3\)\).*
# expect: 1 finding in 1 training
