# What a block made while the training ran cannot be given back: the resume says what is missing.
# args: {tmp}
# status: 65
fn go(epochs, resume) {
  let (w, more) = (param(1), none)
  train on x in ones(2) { loss: mean(x) * w^2 + (if more == none { 0 } else { sum(more(ones(1, 2))) }); optimizer: GD(lr: 0.1); epochs: epochs; quiet: true
    checkpoint: "{args[0]}/run.ckpt"; resume: resume   # expect error: the checkpoint trains `W` too, which a block made then: it is not stored
    each_epoch: { if epoch == 1 { more = Dense(2, 1) } } }
}
go(3, false)
go(5, true)
