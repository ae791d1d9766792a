# An error in one entry, while those begun before it wait for their next round: nothing of theirs is left behind.
let w = param([1.0, 2.0])
fn why(f) = attempt(f).error
print(why(fn() {
  race w on x in ones(8) {
    loss: sum(w ^ 2) * mean(x)
    epochs: 16
    batch: 4
    halving: true
    settings: (lr: [0.1, 0.01, 0.001])
    optimizer: GD(lr: lr)
    each_epoch: { if lr < 0.005 { error("enough") } }
  }
}))          # expect: enough
