# args: {tmp}
# status: 65
let path = "{args[0]}/run.ckpt"
let w = param(3)
train w { loss: w^2; optimizer: SGD(lr: 0.1); steps: 1; checkpoint: path; quiet: true }
train w { loss: w^2; optimizer: Adam(lr: 0.1); steps: 2; checkpoint: path; resume: true; quiet: true }   # expect error: the checkpoint is of another training: it has `optimizer.0 SGD(
