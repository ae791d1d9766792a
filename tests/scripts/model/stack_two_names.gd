# What two members of a model hold must be the same for both, also where the first alone would not
# matter: here f is used by the making alone, and g, the same value, by forward.
# args: {tmp}
model M(f) {
  param w = ones(2)
  let g = f
  fn forward(x) = w * g(x)
}
fn times(k) = fn(x) = x * k
print(attempt(fn() = stack_models([M(times(1)), M(times(5))])).ok)                              # expect: false
print(vmap(fn(m) = m([1, 2]))(stack_models([M(times(3)), M(times(3))])))
# expect: [[3, 6], [3, 6]]
# A part that stands in several places is stacked once, and rebuilt from its file.
let l = Dense(2, 2)
let c = chain(l, tanh, l)
save(stack_models([c, copy(c)]), "{args[0]}/tied.safetensors")
print(shape(load("{args[0]}/tied.safetensors")[0].W))                                         # expect: (2, 2, 2)
