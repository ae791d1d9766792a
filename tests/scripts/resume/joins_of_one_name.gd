# Params of one name, in closures of one function, are told apart, and each counts its own steps of the optimizer.
# args: {tmp}
fn make(n) {
  let w = param([n, 1.])
  fn(x) = sum(w^2) * x
}
fn go(steps, name, resume) {
  let (fs, at) = ([make(1.), make(2.), make(3.)], 0)
  train on x in ones(4) { loss: mean(x) * fs[2 - floor(at / 2) % 3](1); optimizer: Adam(lr: 0.1); steps: steps; quiet: true
    checkpoint: "{args[0]}/{name}"; resume: resume; each_step: { at = at + 1 } }
  [f(1) for f in fs]
}
let whole = go(9, "whole", false)
for k in 1..6 {
  go(k, "cut{k}", false)
  print(all(go(9, "cut{k}", true) == whole))   # expect: true
}
# expect: true
# expect: true
# expect: true
# expect: true
# expect: true
