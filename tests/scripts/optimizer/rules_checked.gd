# `gd check` asks the rules where the values are known, of a schedule for the first step.
let w = param([1])
let unknown = w[0]
let fine = SGD(lr: unknown, momentum: 0.9)
train w { loss: sum(w^2); optimizer: RMSprop(eps: -1e-8); steps: 1 }          # expect error: eps must be 0 or more, it is -1e-8
train w { loss: sum(w^2); optimizer: GD(lr: fn(t) = t - 1); steps: 1 }        # expect error: lr must be 0 or more and finite, it is -1, at step 1
# check
