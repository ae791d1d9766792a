let w = param(0)
train w { optimizer: GD(); steps: 1 }   # expect error: loss
