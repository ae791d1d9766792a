# Each line of a checkpoint is compared with its own: a metric that is missing does not shift the optimizer.
# args: {tmp}
let path = "{args[0]}/run.ckpt"
let w = param([3, 1])
train w { loss: sum(w^2); optimizer: Adam(); epochs: 2; metrics: (size: norm(w)); checkpoint: path; quiet: true }
train w { loss: sum(w^2); optimizer: Adam(); epochs: 3; checkpoint: path; resume: true; quiet: true }   # expect error: it has `metric.0 size` where this has `nothing`
# status: 65
