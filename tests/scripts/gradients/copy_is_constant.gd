# copy(w) takes the value of now: a constant to gradients, as stop_gradient(w) is; a copy of a tensor passes them on.
let w = param([1.0, 2])
print(grad(fn(x) = sum(copy(x) * x))([1.0, 2]), grad(fn(p) = sum(copy(p) * p))(w))       # expect: [2, 4] [1, 2]
print(grad(fn(p) = sum(copy(p)^2))(w), grad(fn(p) = sum(stop_gradient(p)^2))(w))         # expect: [0, 0] [0, 0]
let sgd = SGD(lr: 0.5)
update w { loss: sum((w - copy(w) - 1)^2) / 2; optimizer: sgd }
print(w)                                                                                 # expect: [1.5, 2.5]
# what is asked of the value is still a branch, on which a param may stand aside
update w { loss: if w[0] > 9 { sum(w) } else { 0 * sum(copy(w)) }; optimizer: sgd }
print(w)                                                                                 # expect: [1.5, 2.5]
update w { loss: sum(copy(w)^2); optimizer: sgd }                                        # expect error: does not reach `w`
