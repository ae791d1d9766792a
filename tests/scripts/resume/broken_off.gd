# A run that `break` ended is over when the script is run again; another block, or a number that it names, lets it go on.
# args: {tmp}
fn train_to(most, name, resume) {
  let w = param([3.0])
  let seen = 0
  let h = train w { loss: sum(w^2); optimizer: GD(lr: 0.1); steps: 30; checkpoint: "{args[0]}/{name}"; resume: resume; quiet: true
    each_epoch: { seen = seen + 1; if epoch == most { break } } }
  (h.steps, h.stopped, h.why, seen)
}
print(train_to(5, "a.ckpt", false))    # expect: (5, "stop", "stop: break in each_epoch", 5)
print(train_to(5, "a.ckpt", true))     # expect: (5, "stop", "stop: break in each_epoch", 5)
print(train_to(8, "a.ckpt", true).0)   # expect: 8
fn in_steps(name, other) {
  let w = param([3.0])
  let h = if other {
    train w on x in dataset(arange(6)) { loss: sum(w^2) + 0 * mean(x); optimizer: GD(lr: 0.1); batch: 2; epochs: 3; checkpoint: "{args[0]}/{name}"; resume: true; quiet: true
      each_step: { if step > 9 { break } } }
  } else {
    train w on x in dataset(arange(6)) { loss: sum(w^2) + 0 * mean(x); optimizer: GD(lr: 0.1); batch: 2; epochs: 3; checkpoint: "{args[0]}/{name}"; resume: true; quiet: true
      each_step: { if step == 5 { break } } }
  }
  (h.steps, h.why)
}
seed(1)
print(in_steps("b.ckpt", false))       # expect: (5, "stop: break in each_step")
seed(1)
print(in_steps("b.ckpt", false))       # expect: (5, "stop: break in each_step")
seed(1)
print(in_steps("b.ckpt", true))        # expect: (9, "epochs: 3 made")
