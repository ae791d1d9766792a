# A schedule is asked at every step; the message tells which.
let w = param([1])
let o = Adam(beta1: fn(t) = 0.8 + 0.1 * t)   # expect error: beta1 must be from 0 to below 1, it is 1, at step 3
train w { loss: sum(w^2); optimizer: o; steps: 5; quiet: true }
