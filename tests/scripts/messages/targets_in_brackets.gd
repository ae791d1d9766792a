# The targets of a training, written as a tuple.
let (a, b) = (Dense(1, 1), Dense(1, 1))
train (a, b) on (x, y) in line_data(9) { loss: mse(a(b(x)), y); optimizer: Adam(); epochs: 1 }   # expect error: targets have no brackets: `train net, head on
