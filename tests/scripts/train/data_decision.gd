# A step that looks at the data is traced each time, and is right.
let w = param(1)
let h = train w on x in dataset([1, -1, 1, -1]) { loss: if mean(x) > 0 { w^2 } else { 2 * w^2 }; optimizer: GD(lr: 0); epochs: 1; batch: 1; shuffle: false; quiet: true }
print(h.step_loss)   # expect: [1, 2, 1, 2]
