# no epoch had a number: nothing is best, the last values stay, and it is told
# expect stderr: warning: `keep:` found no best value
let w = param([2.0])
let h = train w on x in [[1.0], [1.0]] {
  loss: sum(w^2) + 0 * sum(x); optimizer: GD(lr: 0.25); epochs: 3; validate: [[0 / 0]]; keep: best(val_loss); quiet: true
}
print(w)    # expect: [0.25]
