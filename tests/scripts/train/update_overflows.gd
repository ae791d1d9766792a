# The only step makes a parameter infinite: the step is none, and the run no success.
let w = param([1.0, -2.0])
train w { loss: sum(w * 5); optimizer: GD(lr: 2e38); steps: 1; quiet: true }   # expect error: makes `w` NaN or infinite at step 1
