# A length past the range of the dtype is told: clipping by it would stand still.
let w = param([1, -1, 1, -1])
train w { loss: sum(w * 3e38); optimizer: GD(lr: 1); clip: (norm: 1); steps: 1; quiet: true }
# expect stderr: the norm of the gradients
# status: 1
