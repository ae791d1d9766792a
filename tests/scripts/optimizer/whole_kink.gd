# Methods of second order need a second derivative where they stand.
let w = param([0.0, 1.0])
fn bent(w) = sum(abs(w) ^ 1.5 + w)
train w { loss: bent(w); optimizer: LBFGS(); steps: 50; quiet: true }
print("{w:.2f}")   # expect: [-0.44, -0.44]
w = param([0.0, 1.0])
train w { loss: bent(w); optimizer: NewtonCG(); steps: 5; quiet: true }   # expect error: a second derivative of the loss is NaN or infinite here
