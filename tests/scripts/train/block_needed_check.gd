# gd check finds it too.
# check
let w = param(1)
train w { loss: w^2; optimizer: GD(lr: 0.1); epochs: 3; each_step: fn(k) = print(k) }   # expect error: `each_step:` needs a block, this is a function
