# The state that became infinite is named with the optimizer that declares it.
let w = param(1)
optimizer Up(inner) { fn step(p, g) { p = inner.step(p, g) } }
optimizer Grow() { state s = 1e38; fn step(p, g) { s = s * 10; p = p - 0 * s } }
train w { loss: w; optimizer: Up(Grow()); steps: 2; quiet: true }   # expect error: the state `s` of Grow for `w`
