# A restart leaves what is frozen as it is, and the statistics of a model that is frozen as a whole.
seed(1)
let d = dataset(randn(20, 2) + 3, randn(20, 1))
let body = chain(Dense(2, 3), BatchNorm(3))
body.parts.0.W = [[1, 2, 3], [4, 5, 6]]
for i in 1..20 { update body { loss: mean(body(d.x)^2); optimizer: GD(lr: 0) } }
let statistics = copy(body)
let net = chain(body, tanh, Dense(3, 1))
freeze(body)
train net on (x, y) in d { loss: mse(net.parts.2(tanh(inference(body)(x))), y); optimizer: SGD(lr: 0.1); epochs: 4; restarts: 5; quiet: true }
print(body.parts.0.W)   # expect: [[1, 2, 3], [4, 5, 6]]
print(norm(body(d.x) - statistics(d.x)) == 0, norm(statistics.parts.1.mean_) > 0)   # expect: true true
