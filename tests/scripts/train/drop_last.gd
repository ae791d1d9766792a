let w = param(0)
let d = dataset(arange(10))
fn steps_of(drop) = (train w on x in d { loss: mean(x) + w * 0; optimizer: GD(lr: 0); epochs: 1; batch: 4; drop_last: drop; quiet: true }).steps
print(steps_of(false), steps_of(true))   # expect: 3 2
