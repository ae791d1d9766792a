let w = param(0)
train w { loss: w^2; steps: 1 }   # expect error: optimizer
