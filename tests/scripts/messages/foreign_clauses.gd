# Words and marks of other languages around a training.
# status: 65
let w = param(1)
train w { loss: w^2, optimizer: GD(lr: 0.1) }   # expect error: clauses are separated by `;`
let a = 1 if true else 2                        # expect error: an `if` has a value
with no_grad { print(w) }                       # expect error: only `grad` and `train` take gradients
