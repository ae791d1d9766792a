# What resume.sh ends with --max-steps within a training in a block of another: the rest of that block is missing, so
# the checkpoint stays as it was before, and the resumed run makes the block whole.
#
#   resume_nested.gd CHECKPOINT BATCH

let (w, v) = (param(1.0), param(1.0))
let h = train w on x in [1, 2, 3, 4] {
  loss: mean((w - x)^2) + 0 * v; optimizer: GD(lr: 0.01); batch: number(args[1]); epochs: 4
  each_epoch: { train v { loss: (v - 5)^2; optimizer: GD(lr: 0.1); steps: 3; quiet: true } }
  checkpoint: args[0]; resume: true; quiet: true
}
print(w, v, h.loss)
