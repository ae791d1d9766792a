# What is proved of a training is told before it runs, with the line, the numbers and a mend.
# options: --quiet
seed(1)
let d = moons(60, noise: 0.1)
let net = chain(Dense(2, 8), tanh, Dense(8, 2), softmax)
train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: Adam(); epochs: 2; health: true }
# expect stderr: proved: softmax before cross entropy: its values go from 0 to 1, so the loss of 2 classes cannot fall below 0.3133
# warned: cross_entropy takes logits and applies softmax itself; here it gets probabilities
# expect stderr: leave softmax out
let flat = chain(Dense(2, 8), Dense(8, 2))
train flat on (x, y) in d { loss: cross_entropy(flat(x), y); optimizer: Adam(); epochs: 2; health: true }
# expect stderr: proved: linear layers with nothing between: [2, 8] and [8, 2]
let low = chain(Dense(2, 8), tanh, Dense(8, 1), sigmoid)
train low on (x, y) in dataset(d.x, 2 * d.x[:, 0:1] - 5) { loss: mse(low(x), y); optimizer: Adam(); epochs: 2; health: true }
# expect stderr: proved: the range cannot reach the targets: `sigmoid` gives only 0 to 1
let wet = chain(Dense(2, 8), tanh, Dense(8, 2), Dropout(0.5))
train wet on (x, y) in d { loss: cross_entropy(wet(x), y); optimizer: Adam(); epochs: 2; health: true }
# expect stderr: proved: dropout after the last layer
print("done")   # expect: done
