# The rate that was halved goes on from a checkpoint: the run in two parts has the bits and the rates of the whole one.
# args: {tmp}
fn go(steps, path, resume) {
  let w = param(0)
  let h = train w { loss: w; optimizer: GD(lr: 2e38); steps: steps; on_divergence: "back_off"; checkpoint: path; resume: resume; quiet: true }
  (w * 1, h.lr)
}
let (w, rates) = go(6, "{args[0]}/whole.ckpt", false)
let (_, first) = go(3, "{args[0]}/run.ckpt", false)
let (v, others) = go(6, "{args[0]}/run.ckpt", true)
print(first[2] < 2e38, rates[5] < first[2])        # expect: true true
print(v == w, all(others == rates))                # expect: true true
