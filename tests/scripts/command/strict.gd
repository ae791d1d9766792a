# options: --strict
# check
# expect stderr: `w` hides another of this name
# expect stderr: this training has no `validate:`
# status: 0
let w = param(1)
fn f(w) = w + 1
train w on x in dataset([1, 2]) { loss: mean((w - x)^2); optimizer: GD(); steps: 1 }
