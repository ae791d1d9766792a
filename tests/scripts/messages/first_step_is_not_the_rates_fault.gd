# Before a step was made no rate can have spoilt it; afterwards it can.
let w = param(1)
let made = train w { loss: log(w - 1); optimizer: GD(lr: 0.1); steps: 3; quiet: true }  # expect error: `log` of 0 is -inf
# expect stderr: help: no step has been made yet
# status: 1
