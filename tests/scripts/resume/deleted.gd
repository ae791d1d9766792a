# a checkpoint that is not there is a fresh start, though the one before it lies beside
# args: {tmp}
fn run(name, steps) {
  let w = param(4)
  let h = train w { loss: w^2; optimizer: GD(lr: 0.25); steps: steps; checkpoint: "{args[0]}/{name}"; resume: true; quiet: true }
  h.step_loss
}
print(run("run.ckpt.previous", 2))   # expect: [16, 4]
print(run("run.ckpt", 1))            # expect: [16]
