# A training whose block resumes another, which reads a variable back: the outer one takes its value.
# args: {tmp}
let k = 1
fn go() {
  k = 1
  let (w, v) = (param(10), param(0))
  train w {
    loss: k * w
    optimizer: SGD(lr: 1)
    steps: 3
    quiet: true
    each_step: {
      train v { loss: v^2; optimizer: SGD(lr: 0.1); steps: 2; quiet: true; checkpoint: "{args[0]}/inner"; resume: true; each_step: { k = 7 } }
    }
  }
  w
}
print(go(), go())   # expect: -5 -5
