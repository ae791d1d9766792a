# The first limit reached ends the run.
let w = param(0)
let d = dataset(arange(10))
fn go(e, s) = train w on x in d { loss: mean(x) + w * 0; optimizer: GD(lr: 0); epochs: e; steps: s; batch: 5; quiet: true }
print(go(3, 100).stopped, go(3, 100).steps, go(100, 3).stopped, go(100, 3).epochs)   # expect: epochs 6 steps 2
