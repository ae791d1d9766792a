# Ruined data are an error whatever on_divergence says: no rate mends them.
let w = param(1)
let d = dataset([1, 0 / 0], [1, 2])
train w on (x, y) in d { loss: mse(w * x, y); optimizer: SGD(lr: 0.1); epochs: 1; on_divergence: "stop" }    # expect error: the data have NaN
