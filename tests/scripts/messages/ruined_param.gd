# A training that starts from ruined values blames the values, not the rate.
let net = chain(Dense(2, 3), Dense(3, 1))
assign(net.parts.1.b, [nan])            # … whatever way it came to be so
let d = dataset(ones(4, 2), ones(4, 1))
train net on (x, y) in d { loss: mse(net(x), y); optimizer: GD(lr: 0.1); steps: 3; quiet: true }  # expect error: `net.parts.1.b` is already NaN at [0] before step 1
# expect stderr: -> ruined_param.gd:2:30
# expect stderr: help: give it finite values first
# status: 1
