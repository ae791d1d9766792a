# A hyperparameter that the body calls is a function; any other function of one argument is a schedule.
optimizer Prox(inner, then, lr = 1) { fn step(p, g) { p = then(inner.step(p, lr * g)) } }
let w = param([3, -2])
train w { loss: sum(w^2); optimizer: Prox(GD(lr: 0.1), relu); steps: 3; quiet: true }
print("{w:.3f}")   # expect: [1.536, 0.000]
train w { loss: sum(w); optimizer: Prox(GD(lr: 0.1), fn(p) = p |> relu, lr: fn(t) = 1 + t); steps: 2; quiet: true }
print("{w:.3f}")   # expect: [1.236, 0.000]

# a state begins at the number of a rate that is a param, or found
train w { loss: sum(w^2); optimizer: Rprop(lr: param(0.1)); steps: 60; quiet: true }
print(sum(w^2) < 1e-3)   # expect: true
let h = train w { loss: sum((w - 1)^2); optimizer: Rprop(lr: auto); steps: 200; quiet: true }
print(h.loss[-1] < 1e-3)   # expect: true
