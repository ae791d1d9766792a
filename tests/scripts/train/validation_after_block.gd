# the validation of an epoch sees what a block of its last step has changed, also through a function
let d = dataset([1.0, 2, 3, 4])
let (w, scale) = (param(0.0), 1)
fn rescale() { scale = 10 }
let h = train w on x in d {
  loss: scale * mean((w - x)^2); optimizer: GD(lr: 0); batch: 2; epochs: 3; validate: d; quiet: true
  each_step: { if step == 4 { rescale() } }
}
print(h.val_loss)        # expect: [7.5, 75, 75]
