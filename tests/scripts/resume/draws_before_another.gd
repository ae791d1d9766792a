# a finished training whose blocks drew leaves the draws of the one behind it as they were
# args: {tmp}
fn go(steps, name) {
  seed(2)
  let u = param([1.0])
  train u { loss: sum(u^2); optimizer: GD(lr: 0.1); steps: 3; checkpoint: "{args[0]}/first.ckpt"; resume: true; quiet: true; each_step: { rand(step) } }
  let w = param([1.0])
  train w { loss: sum((w - rand(1))^2); optimizer: GD(lr: 0.1); steps: steps; checkpoint: "{args[0]}/{name}.ckpt"; resume: true; quiet: true }
  w * 1
}
let whole = go(5, "whole")
go(2, "parts")
print(all(go(5, "parts") == whole))   # expect: true
# an error in a block leaves the seed outside it alone
seed(4)
let plain = (rand(1), rand(2)).1
seed(4)
let u = param([1.0])
attempt(fn() { train u { loss: sum(u^2); optimizer: GD(lr: 0.1); steps: 3; quiet: true; each_step: { seed(9); let _ = rand(1); error("no") } } })
print(all(rand(2) == plain))   # expect: true
