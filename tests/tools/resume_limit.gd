# What resume.sh ends with --max-steps: a mean over epochs, which is validated.
#
#   resume_limit.gd CHECKPOINT

let w = param(1.0)
let d = dataset([1, 2, 3, 4])
let h = train w on x in d {
  loss: mean((w - x)^2); optimizer: GD(lr: 0.01); batch: 2; epochs: 60; average: swa(from: 0)
  validate: d; checkpoint: args[0]; resume: true; quiet: true
}
print(w, h.epochs, h.loss, h.val_loss)
