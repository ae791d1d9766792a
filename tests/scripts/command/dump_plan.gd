# options: --dump=plan,graph,grad,memory,time
# output: any
# status: 0
let w = param(1)
train w { loss: w^2; optimizer: GD(lr: 0.1); steps: 2; quiet: true }
