# an epoch whose last step reached `steps:` counts for `stalled`, and a rule that held with the limit holds for good
# args: {tmp}
let d = dataset([1.0, 2, 3, 4])
fn go(steps, name) {
  seed(0)
  let w = param([3.0])
  let h = train w on x in d { loss: mean((w - x[:, none])^2); optimizer: GD(lr: 0.6); steps: steps; batch: 2; validate: d
    stop: stalled(val_loss, 2); checkpoint: "{args[0]}/{name}"; resume: true; quiet: true }
  (h.steps, h.stopped, w * 1)
}
let whole = go(1000, "whole.ckpt")
print(whole.0, whole.1)                       # expect: 10 stop
for steps in [4, 6, 8, 10] { go(steps, "{steps}.ckpt") }
let resumed = map(fn(steps) = all(go(1000, "{steps}.ckpt").2 == whole.2), [4, 6, 8, 10])
print(resumed)                                # expect: [true, true, true, true]
print(go(10, "ten.ckpt").1)                   # expect: stop
print(go(6, "six.ckpt").1)                    # expect: steps
