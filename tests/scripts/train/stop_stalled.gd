let w = param(1)
let d = dataset([1, 1])
let h = train w on x in d { loss: mean(x) + w * 0; optimizer: GD(lr: 0); epochs: 50; validate: d; stop: stalled(val_loss, 5); quiet: true }
print(h.stopped, h.epochs)   # expect: stop 6
