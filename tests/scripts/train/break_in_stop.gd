# status: 65
let w = param(5)
train w { loss: w^2; optimizer: SGD(lr: 0.1); steps: 9; stop: { break; true } }    # expect error: `break` is outside of a loop
