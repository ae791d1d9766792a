# What resume.sh ends with --max-steps: a mean over epochs, which is validated, and all that `keep:`, `stop:` and
# blocks see: they write it down, and change what follows.
#
#   resume_limit.gd CHECKPOINT BATCH

let d = dataset(linspace(1, 4, 7))
let (w, aside) = (param(1.0), param(0.5))
let (rate, steps, epochs) = (1, [], [])
let h = train w on x in d {
  loss: rate * mean((w - x)^2) + 0.01 * mean(rand(2)); optimizer: Adam(lr: fn(t) = 0.05 * 0.99^t); batch: number(args[1]); epochs: 30
  average: swa(from: 0); metrics: (far: mean(abs(w - x)), middle: median(abs(w - x)))
  each_step: { steps = push(steps, [loss, grad_norm, lr, far, middle, step, epoch, rand()]) }
  each_epoch: {
    epochs = push(epochs, [loss, val_loss, grad_norm, lr, far, val_far, val_middle, step, epoch, rand()])
    rate = rate * (1 - 0.1 * lr) + 0.001 * grad_norm
    assign(aside, 0.9 * aside + 0.1 * val_loss)
  }
  keep: best(grad_norm + 0.1 * lr + 0.01 * rand()); stop: stalled(grad_norm + lr, 9) or epoch > 18
  validate: d; checkpoint: args[0]; resume: true; quiet: true
}
print(w, aside, rate, h.epochs, h.steps, h.stopped)
for t in [h.loss, h.val_loss, h.step_loss, h.lr, h.far, h.val_middle] { print(map(fn(i) = number(t[i]), 0..len(t) - 1)) }
print(steps)
print(epochs)
