# Without `batch:` a step sees the whole set.
let w = param(0)
let h = train w on x in dataset([1, 2, 6]) { loss: mean(x) + w * 0; optimizer: GD(lr: 0); epochs: 2; quiet: true }
print(h.steps, h.step_loss)   # expect: 2 [3, 3]
