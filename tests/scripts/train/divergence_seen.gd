# The error of a run that diverges names what is out of proportion: the rate beside the curvature, the param that grew, a large column.
let x = [[1, 500], [2, -300], [3, 100]]
let d = dataset(x, [1, 2, 3])
let net = Dense(2, 1)
train net on (x, y) in d { loss: mse(net(x)[:, 0], y); optimizer: SGD(lr: 0.1, momentum: 0.5); epochs: 500; quiet: true }
# expect stderr: the rate is 0.1, and with the curvature there, 2.33e5, SGD is stable below 1.29e-5
# expect stderr: `net.W` was the largest param before this step: it had reached
# expect stderr: the largest column of `x` is number 1, and its values reach 500
# status: 1
