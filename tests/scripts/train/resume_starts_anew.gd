# args: {tmp}
let w = param(4)
let h = train w { loss: w^2; optimizer: GD(lr: 0.25); steps: 2; checkpoint: "{args[0]}/new.ckpt"; resume: true; quiet: true }
print(h.steps, w)   # expect: 2 1
