# Whether the rows of the validation fit is known before the first epoch.
let d = dataset(randn(6, 2), [0, 1, 0, 1, 0, 1])
let v = dataset(randn(5, 3), [0, 1, 0, 1, 0])
let net = Dense(2, 2)
train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: Adam(); epochs: 2; validate: v; each_epoch: { print("lost") } }   # expect error: its x is [5, 3], that of the training [6, 2]
