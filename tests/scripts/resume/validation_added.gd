# epochs before there was a validation have NaN
# args: {tmp}
let path = "{args[0]}/run.ckpt"
let d = dataset(ones(4, 1), ones(4))
let w = param([3])
train w on (x, y) in d { loss: mse(x @ w, y); optimizer: GD(lr: 0.1); epochs: 1; checkpoint: path; quiet: true }
let h = train w on (x, y) in d { loss: mse(x @ w, y); optimizer: GD(lr: 0.1); epochs: 2; validate: d; checkpoint: path; resume: true; quiet: true }
print(isnan(h.val_loss))   # expect: [true, false]
# expect stderr: resumed with another `validate`: it was none, it is 4 rows
