# a variable of the script hides `best`: told before the first step; a function of that name is one
let w = param(1)
fn stalled(value, n) = value < 0.5
let h = train w { loss: w^2; optimizer: GD(lr: 0.1); epochs: 9; stop: stalled(loss, 1); quiet: true }
print(h.epochs)             # expect: 3
let best = 3
train w {
  loss: w^2; optimizer: GD(lr: 0.1); epochs: 1; quiet: true; each_epoch: { print("trained") }
  keep: best(loss)          # expect error: the `best` of `keep:` is hidden by a variable of that name, which is no function
}
