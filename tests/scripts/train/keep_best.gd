# At the end the epoch where the validation loss was lowest is restored.
let w = param(3)
let d = dataset([0, 0])
let h = train w on x in d { loss: (mean(x) + w - 1)^2; optimizer: GD(lr: 0.9); epochs: 4; validate: d; keep: best(-val_loss); quiet: true }
print(abs((w - 1)^2 - max(h.val_loss)) < 1e-4)   # expect: true
