# a training put before it that draws nothing makes it no other
# args: {tmp}
fn run(before, steps) {
  seed(3)
  if before { let u = param(2); train u { loss: u^2; optimizer: GD(lr: 0.1); steps: 4; quiet: true } }
  let w = param(5)
  let h = train w { loss: (w - rand())^2; optimizer: SGD(lr: 0.1, momentum: 0.5); steps: steps; checkpoint: "{args[0]}/run.ckpt"; resume: steps > 2; quiet: true }
  (h.steps, w * 1)
}
run(false, 2)
let (n, w) = run(true, 5)
let (m, whole) = { seed(3); let w = param(5); let h = train w { loss: (w - rand())^2; optimizer: SGD(lr: 0.1, momentum: 0.5); steps: 5; quiet: true }; (h.steps, w * 1) }
print(n, m, w == whole)   # expect: 5 5 true
