optimizer Twice(inner) { fn step(p, g) { p = inner.step(inner.step(p, g), g) } }   # expect error: one step for each step of the outer one
let w = param(1)
train w { loss: w^2; optimizer: Twice(GD()); steps: 1 }
