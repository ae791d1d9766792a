# A row whose loss is NaN at any values: a lower rate is tried, and not advised.
# expect stderr: the loss is not finite after 9 steps, and no rate is the cause
let x = concat(rand(90), zeros(10) - 1, axis: 0)
let w = param(1)
train w on x in x { loss: mean(sqrt(x + 0.5) * w); optimizer: SGD(lr: 0.1); epochs: 5; batch: 10; shuffle: false; health: true }   # expect error: `sqrt` of -0.5
