let n = BatchNorm(2)
let w = param(1)
train w, n { loss: w * sum(vmap(fn(x) = sum(n(x)))(ones(2, 3, 2))); optimizer: GD(lr: 0.1); steps: 1; quiet: true }   # expect error: a buffer assigned inside `vmap`
