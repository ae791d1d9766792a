# args: {tmp}
# A history shows loss and val_loss by epoch; several are compared; runs over seeds have a band.
let d = line_data(20)
let w = param([0.0])
let h = train w on (x, y) in d { loss: mean((x[:, 0] * w - y)^2); optimizer: GD(lr: 0.1); epochs: 3; validate: d; quiet: true }
let path = "{args[0]}/h.svg"
plot(h, save: path)
let one = read(path)
print("val_loss" in one, "epoch" in one)   # expect: true true
plot((first: h, second: list(h, h)), save: path)
let several = read(path)
print("first" in several, "second" in several, "opacity" in several)   # expect: true true true
print(attempt(fn() = plot(h, of: "accuracy")).error)   # expect: plot: the history has no `accuracy`; it has loss, val_loss, step_loss, lr, path
