# every part that differs is listed
# args: {tmp}
# status: 65
fn run(n, m) {
  let a = param(ones(n))
  let b = param(ones(3))
  let c = param(ones(m))
  train a, b, c { loss: sum(a^2) + sum(b^2) + sum(c^2); optimizer: GD(lr: 0.1); steps: 2; checkpoint: "{args[0]}/run.ckpt"; resume: true; quiet: true }   # expect error: it has `target.0 a f32[2]` where this has `target.0 a f32[4]`; `target.2 c f32[5]` where this has `target.2 c f32[1]`
}
run(2, 5)
run(4, 1)
