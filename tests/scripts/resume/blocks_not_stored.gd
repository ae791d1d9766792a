# What a block changes and a checkpoint cannot store is told; so is a stored value that no block changes any more.
# args: {tmp}
let d = dataset([1, 2, 3, 4])
let w = param([1.0])
let best = w
let critic = param([1.0])
let steps = Adam(lr: 0.1)
let h = train w on x in d {
  loss: mean((w - x)^2)
  optimizer: SGD(lr: 0.1)
  epochs: 2
  checkpoint: "{args[0]}/a.ckpt"   # expect stderr: the checkpoint is without `best`, which a block assigns
  quiet: true
  each_epoch: { best = fn(x) = x }
}
let g = train w on x in d {
  loss: mean((w - x)^2)
  optimizer: SGD(lr: 0.1)
  epochs: 2
  checkpoint: "{args[0]}/b.ckpt"   # expect stderr: the checkpoint is without the states of `Adam`, which a block steps
  quiet: true
  each_epoch: { update critic { loss: mean((critic - w)^2); optimizer: steps } }
}
fn go(resume) = train w on x in d {
  loss: mean((w - x)^2)
  optimizer: SGD(lr: 0.1)
  epochs: if resume { 3 } else { 2 }
  checkpoint: "{args[0]}/b.ckpt"
  resume: resume
  quiet: true
}
print(go(true).epochs)             # expect: 3
# expect stderr: `critic` is in the checkpoint, and no block changes it any more: it is as the script gives it
