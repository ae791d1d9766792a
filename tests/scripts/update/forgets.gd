# An optimizer with state that is made in place would forget it in a loop.
let w = param(1)
for i in 1..3 {
  update w { loss: w^2; optimizer: Adam(lr: 0.1) }   # expect error: let
}
