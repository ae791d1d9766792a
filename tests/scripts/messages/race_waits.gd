# silent
print("not reached")
let w = param(1)
race w { loss: w^2; optimizers: (GD(lr: 0.1), Adam()); steps: 1 }   # expect error: `race` is not there yet
# status: 65
