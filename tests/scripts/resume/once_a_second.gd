# without data a checkpoint is written at most once a second, whatever the steps take
# args: {tmp}
fn run(name, steps) {
  let w = param(4)
  train w { loss: w^2; optimizer: GD(lr: 0.25); steps: steps; checkpoint: "{args[0]}/{name}"; resume: true; quiet: true }
}
let h = run("run.ckpt", 1000)
print(len(h.step_loss))                                            # expect: 1000
print(len(run("run.ckpt.previous", 1).step_loss) < 999)            # expect: true
