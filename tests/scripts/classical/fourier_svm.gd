# A support vector machine: linear ones cannot part two rings, with random Fourier features they can (Rahimi and Recht, 2007).
seed(5)
let radius = concat(full(200, value: 1), full(200, value: 2), axis: 0) + 0.1 * randn(400)
let angle = 2 * pi * rand(400)
let x = stack(radius * cos(angle), radius * sin(angle), axis: 1)
let y = concat(full(200, 1, value: -1), ones(200, 1), axis: 0)
fn fitted(features) {
  let net = Dense(shape(features)[1], 1)
  train net { loss: hinge(net(features), y) + 1e-3 * l2(net); optimizer: Adam(lr: 0.02); steps: 400; quiet: true }
  mean(sign(net(features)) == y)
}
let (w, phase) = (randn(2, 100), 2 * pi * rand(100))
print(fitted(x) < 0.7, fitted(cos(x @ w + phase) / sqrt(50)) > 0.99)   # expect: true true
