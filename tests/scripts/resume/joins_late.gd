# A param that the first step after a resume is the first to reach had its first value at the best
# epoch, as in a run in one sitting.
# args: {tmp}
let (a, b, late) = (param(1), param(1), false)
fn go(epochs, resume) {
  assign(a, 1)
  assign(b, 1)
  late = false
  train on x in ones(4) { loss: mean(x) * ((a - 3)^2 + (if late { (b + 3)^2 } else { 0 })); optimizer: GD(lr: 0.1)
    epochs: epochs; keep: best(loss); quiet: true; checkpoint: "{args[0]}/run.ckpt"; resume: resume
    each_epoch: { late = epoch >= 3 } }
}
go(6, false)
print(a, b)   # expect: 1.976 1
go(3, false)
go(6, true)
print(a, b)   # expect: 1.976 1
