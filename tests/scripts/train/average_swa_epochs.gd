let w = param(1)
train w { loss: w^2; optimizer: GD(); steps: 2; average: swa() }   # expect error: it needs `epochs:`
