# What is trained is decided when a training begins: freezing its params in a block is an error that says what to do,
# but for a while, or with the end of the training, they may be.
let (a, b, c) = (param([1.0]), param([1.0]), param([1.0]))
freeze(c)
train a, b { loss: sum(a^2) + sum(b^2); optimizer: GD(lr: 0.1); steps: 4; quiet: true
  each_step: { freeze(a); unfreeze(a); freeze(c); if step == 2 { freeze(b); break } } }
print(b)                             # expect: [0.64]
print(attempt(fn() { train on x in dataset([0]) { loss: sum(a^2) + sum(c^2) + mean(x); optimizer: GD(lr: 0.1); steps: 2; quiet: true; each_step: { unfreeze(c) } } }).error)
# expect: this was frozen when the running training began: `unfreeze` holds from the next one on
unfreeze(b)
train a, b { loss: sum(a^2) + sum(b^2); optimizer: GD(lr: 0.1); steps: 4; quiet: true
  each_step: { if step == 1 { freeze(b) } } }   # expect error: `b` is trained by the running training
