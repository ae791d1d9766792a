# With `batch:` rows are drawn in a new order each epoch, every row once; without shuffling in their own.
seed(3)
let w = param(0)
let d = dataset(arange(8))
let plain = train w on x in d { loss: mean(x) + w * 0; optimizer: GD(lr: 0); epochs: 2; batch: 1; shuffle: false; quiet: true }
let mixed = train w on x in d { loss: mean(x) + w * 0; optimizer: GD(lr: 0); epochs: 2; batch: 1; quiet: true }
print(all(plain.step_loss[0:8] == arange(8)), all(mixed.step_loss[0:8] == arange(8)))     # expect: true false
print(all(sort(mixed.step_loss[0:8]) == arange(8)), all(mixed.step_loss[0:8] == mixed.step_loss[8:]))   # expect: true false
