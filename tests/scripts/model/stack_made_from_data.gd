# What only the making of the nets used may differ (Standardize's data); the stack has no value there.
let d = moons(60, noise: 0.1)
let nets = [chain(Standardize(f[0]), Dense(2, 1)) for f in folds(d, 3)]
let s = stack_models(nets)
let y = vmap(fn(m) = m(d.x))(s)
print([max(abs(y[i] - nets[i](d.x))) < 1e-5 for i in 0..2])   # expect: [true, true, true]
print(type(nets[0][0].d))                                     # expect: dataset
model A(k, j) {
  let f = fn(x) = x * k
  param w = 1
  fn forward(x) = f(x) * w
}
print(vmap(fn(m) = m(2))(stack_models([A(3, 1), A(3, 2)])))   # expect: [6, 6]
print(stack_models([A(3, 1), A(3, 1)]).j)   # expect: 1
print(attempt(fn() = stack_models([A(1, 1), A(2, 1)])).error)   # expect: stack_models takes models of one form: `f` of model 1 is not that of the first
print(s[0].d)   # expect error: `d` of this Standardize has no value
