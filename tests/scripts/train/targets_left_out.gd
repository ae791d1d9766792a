# Every unfrozen param that the loss reaches is trained.
let a = param(1)
let b = param(1)
let c = param(1)
train on x in dataset([1]) { loss: mean(x) * (a^2 + b^2); optimizer: GD(lr: 0.5); steps: 1; quiet: true }
print(a, b, c)   # expect: 0 0 1
