let w = param(0)
train w { loss: w^2; optimizer: GD() }   # expect error ~ .
# expect stderr: steps
