# A field that is not there: the near one is suggested, else all are listed.
let w = param(1)
let history = train w { loss: w^2; optimizer: GD(lr: 0.1); steps: 1; quiet: true }
print(attempt(fn() = history.los).ok)   # expect: false
print(history.val_loss)                 # expect error: a tuple has no field `val_loss`
# expect stderr: its fields are loss
