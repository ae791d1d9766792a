# options: --strict
# check
# expect stderr: `w` hides another of this name
# expect stderr: this training has no `validate:`
# expect no stderr: `p` hides
# status: 0
let w = param(1)
fn f(w) = w + 1
optimizer Plain(lr = 0.1) { fn step(p, g) { p -= lr * g } }   # the names of `step` hide nothing
train w on x in dataset([1, 2]) { loss: mean((w - x)^2); optimizer: GD(); steps: 1 }
