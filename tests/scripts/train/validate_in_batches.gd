let m = param(0)
let d = dataset([1, 1, 4])
let h = train m on x in d { loss: mean(x) + 0 * m; optimizer: GD(lr: 0); epochs: 1; batch: 2; validate: d; quiet: true }
print(h.val_loss)   # expect: [2]
