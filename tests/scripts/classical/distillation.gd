# Distillation: a small net learns from the answers of a large one, on points without labels (Hinton, Vinyals and Dean, 2015).
seed(9)
let few = moons(20, noise: 0.1)
let test_set = moons(1000, noise: 0.1)
let large = chain(Dense(2, 64), tanh, Dense(64, 64), tanh, Dense(64, 2))
let many = moons(1000, noise: 0.1)
train large on (x, y) in many { loss: cross_entropy(large(x), y); optimizer: Adam(lr: 0.01); epochs: 40; batch: 100; quiet: true }
fn small() = chain(Dense(2, 8), tanh, Dense(8, 2))
let (alone, taught) = (small(), small())
train alone on (x, y) in few { loss: cross_entropy(alone(x), y); optimizer: Adam(lr: 0.01); epochs: 400; quiet: true }
let points = 2 * rand(1000, 2) * [1.75, 1] - [1.25, 0.75]
let soft = softmax(large(points) / 2)
train taught on (x, p) in dataset(points, soft) { loss: cross_entropy(taught(x) / 2, p); optimizer: Adam(lr: 0.01); epochs: 100; batch: 100; quiet: true }
fn right(net) = accuracy(net(test_set.x), test_set.y)
print(right(taught) > right(alone), right(taught) > 0.95)   # expect: true true
