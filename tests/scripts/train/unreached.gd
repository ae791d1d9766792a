let w = param(0)
let v = param(0)
train w, v { loss: w^2; optimizer: GD(); steps: 1 }
# expect stderr: v
# status: 1
