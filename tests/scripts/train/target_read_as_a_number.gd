# A target that the loss reads only as a plain number is not reached.
let w = param(2)
let n = param(3)
train w, n { loss: w^2 + sum(ones(n)); optimizer: SGD(lr: 0.1); steps: 1 }   # expect error: the loss does not reach `n`
# expect stderr: its value is read here, as a constant to the gradient
