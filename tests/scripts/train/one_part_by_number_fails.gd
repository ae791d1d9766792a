# An error that follows names that row; reading other rows too is no mistake.
let (net, o, data) = (Dense(4, 3), GD(lr: 0.1), dataset(randn(32, 4)))
train net on row in data { loss: mean(net(row)^2) + row[0, 0]; optimizer: o; batch: 8; steps: 1; quiet: true }
train net on row in data { loss: mean(net(row[0])^2) + sum(row[1]); optimizer: o; batch: 8; steps: 1; quiet: true }
train net on row in data { loss: mean(net(row[0])^2); optimizer: o; batch: 1; steps: 1; quiet: true }
train net on row in dataset(randn(8, 4), randn(8, 3)) { loss: mse(net(row[0]), row[1]); optimizer: o; steps: 1; quiet: true }
fn of_part(row) = mean(net(row[0]) - row[1])
train net on row in data { loss: of_part(row); optimizer: o; batch: 8; steps: 1; quiet: true }
# expect stderr: a row of the minibatch: the data has one part, so `row` is [8, 4] itself
# expect no stderr: warning
# status: 1
