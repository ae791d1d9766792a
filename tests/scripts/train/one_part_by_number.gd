# Of data of one part the minibatch is no tuple: `row[0]` is its first row, which is told where nothing else of it is read.
let (net, o, data) = (Dense(4, 3), GD(lr: 0.1), dataset(randn(32, 4)))
fn of_part(row) = mean(net(row[0])^2)
train net on row in data { loss: of_part(row); optimizer: o; batch: 8; steps: 3; quiet: true }
# expect stderr: this reads one row of each minibatch
# expect stderr: the data has one part, so `row` is the minibatch [8, 4] itself
print("done")   # expect: done
