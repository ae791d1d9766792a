# A `val_…` without `validate:` would never have a value: said before anything runs.
let w = param(1)
print(1)
train w { loss: w^2; optimizer: GD(lr: 0.1); steps: 3; keep: best(val_loss) }   # expect error: `val_loss` is computed on held-out rows
