# A rate that moves is a function of the steps made.
let w = param(1)
train w { loss: w^2; optimizer: GD(lr: 0.1 / step); steps: 3 }          # expect error: a schedule is a function of the number of steps made
# status: 65
