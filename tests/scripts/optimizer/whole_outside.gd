# the loss of a step belongs to it
let kept = list()
optimizer Leaks() { fn step(p, g, f) { kept = push(kept, f); p = p - 0.1 * g } }
let w = param([1, 2])
train w { loss: sum(w^2); optimizer: Leaks(); steps: 1; quiet: true }
print(attempt(fn() = kept[0]([1, 2])).error)      # expect: this is the loss of a step that has ended: it can be called only inside `step`
print(attempt(fn() = converged("gradient", 0, 1)).error)   # expect ~ converged\(rule, value, limit\) is for .*
optimizer Says(rule, value) { fn step(p, g, f) { converged(rule, value, 1) } }
print(attempt(fn() = train w { loss: sum(w^2); optimizer: Says("luck", 0); steps: 1; quiet: true }).error)     # expect ~ the rules of `converged` are "gradient", .*
print(attempt(fn() = train w { loss: sum(w^2); optimizer: Says("step", 2); steps: 1; quiet: true }).error)     # expect ~ .*the value is at most the limit
optimizer Short() { fn step(p, g, f) { p = p - f(p[1:]) } }
print(attempt(fn() = train w { loss: sum(w^2); optimizer: Short(); steps: 1; quiet: true }).error)             # expect ~ f takes all trained tensors as one vector, \[2\]: .* \[1\]
optimizer Shrinks() { fn step(p, g, f) { p = p[1:] } }
print(attempt(fn() = train w { loss: sum(w^2); optimizer: Shrinks(); steps: 1; quiet: true }).error)           # expect: a step must keep shapes: p was [2] and became [1]
print(attempt(fn() = train w { loss: sum(w^2); optimizer: Lookahead(LBFGS()); steps: 1; quiet: true }).error)  # expect ~ LBFGS steps all tensors as one vector: .*
optimizer Holds(inner) { fn step(p, g, f) { p = inner.step(p, g) } }
print(attempt(fn() = train w { loss: sum(w^2); optimizer: Holds(GD()); steps: 1; quiet: true }).error)         # expect: a step of the whole vector cannot step another optimizer
let o = LBFGS()
train w { loss: sum((w - 1)^4); optimizer: o; steps: 1; quiet: true }
let v = param(1)
print(attempt(fn() = train w, v { loss: sum(w^2) + v^2; optimizer: o; steps: 1; quiet: true }).error)          # expect ~ this LBFGS has stepped a vector of 2 elements, .*
print(attempt(fn() = update w { gradient: [1, 2]; optimizer: o }).error)    # expect: LBFGS evaluates the loss: a gradient alone is not enough
print(attempt(fn() = train w { loss: sum(w^2); optimizer: o; clip: (norm: 1); steps: 1; quiet: true }).error)  # expect ~ LBFGS searches along lines for lower losses: .*
let d = dataset([1, 2, 3, 4])
print(attempt(fn() = train w on x in d { loss: sum((w[0] - x)^2); optimizer: o; batch: 1; accumulate: 2; steps: 1; quiet: true }).error)   # expect ~ LBFGS evaluates the loss itself, .*
