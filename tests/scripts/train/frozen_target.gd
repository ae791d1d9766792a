let w = param(1)
freeze(w)
train w { loss: w^2; optimizer: GD(); steps: 1; quiet: true }
# status: 1
