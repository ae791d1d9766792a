# The number of the step or epoch is not known to the loss; a variable that a block sets is.
let w = param(1)
train w { loss: w^2 * epoch; optimizer: GD(lr: 0.1); epochs: 3 }        # expect error: known in `stop:`, `keep:`, `each_step:` and `each_epoch:`
train w { loss: w^2 + step; optimizer: GD(lr: 0.1); steps: 3 }          # expect error: `let now = 0` before the training and `each_step: { now = step }` in it: `loss:` reads `now`
# status: 65
