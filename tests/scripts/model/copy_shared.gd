# A part that stands in several places of a model stands in them of its copy, too.
let d = Dense(2, 2)
let t = chain(d, tanh, d)
let u = copy(t)
u[0].W = zeros(2, 2)
print(all(u[2].W == 0), any(t[0].W == 0))                # expect: true false
print(shape(stack_models([t, copy(t), copy(u)])[2].W))   # expect: (3, 2, 2)
let b = TransformerBlock(8, 2, positions: Positions(9, 4, "rotary"))
let x = randn(1, 9, 8)
let y = vmap(fn(m) = m(x))(stack_models([b, copy(b)]))
print(all(y[0] == y[1]), max(abs(y[0] - b(x))) < 1e-5)   # expect: true true
let apart = chain(Dense(2, 2), tanh, Dense(2, 2))
print(attempt(fn() = stack_models([t, apart])).ok)   # expect: false
stack_models([apart, t])   # expect error: model 1 shares a part where the first has two
