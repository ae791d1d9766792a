# A value taken as a number is a constant to the gradient, and that is told.
fn f(x) = number(sum(x)) * sum(x)
print(grad(f)([1, 2]))   # expect: [3, 3]
# expect stderr: number_read.gd:2:18
let w = param([1.0, 2.0])
update w { loss: number(sum(w)) * sum(w); optimizer: SGD(lr: 0.5) }
print(w)   # expect: [-0.5, 0.5]
# expect stderr: number_read.gd:6:25
