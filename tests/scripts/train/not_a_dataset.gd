let w = param(0)
train w on x in 5 { loss: w * x; optimizer: GD(); steps: 1 }   # expect error ~ .
