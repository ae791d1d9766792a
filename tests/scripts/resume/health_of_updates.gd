# `health:` looks at a training before all of its updates are recorded: the checkpoint is the same.
# args: {tmp}
fn go(e, watch, name) {
  seed(1)
  let (a, b) = (Dense(1, 1), chain(Dense(1, 1), BatchNorm(1)))
  let h = train on x in randn(8, 1) {
    update a { loss: mse(a(x), b(x) + 1); optimizer: GD(lr: 0.1) }
    update b { loss: mse(b(x), a(x)); optimizer: GD(lr: 0.1) }
    epochs: e; health: watch; checkpoint: "{args[0]}/{name}.ckpt"; resume: true; quiet: true
  }
  h.loss
}
go(2, true, "part")
print(go(4, true, "part") == go(4, false, "whole"))   # expect: [true, true, true, true]
