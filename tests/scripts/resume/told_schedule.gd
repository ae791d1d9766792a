# a schedule is told by what it gives
# args: {tmp}
let path = "{args[0]}/run.ckpt"
let w = param(3)
train w { loss: w^2; optimizer: SGD(lr: exponential(0.1, 0.5)); steps: 1; checkpoint: path; quiet: true }
train w { loss: w^2; optimizer: SGD(lr: exponential(0.1, 0.9)); steps: 2; checkpoint: path; resume: true; quiet: true }
# expect stderr: resumed with another `lr`: it was a schedule of 0.1 at step 1, 0.05 at step 2
