let w = param(1)
train w { loss: w^2; optimizer: GD(); steps: 2; average: 0.9 }   # expect error: `average:` must be ema(…) or swa(…), this is a number
