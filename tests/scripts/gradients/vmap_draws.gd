# Draws inside vmap differ from row to row, in and outside a training step, and are the same again after seed.
seed(4)
let a = vmap(fn(x) = rand(2))(zeros(3))
print(shape(a), a[0, 0] != a[1, 0], a[1, 0] != a[2, 0])    # expect: (3, 2) true true
let after = rand(1)
seed(4)
let b = vmap(fn(x) = rand(2))(zeros(3))
print(all(a == b), all(after == rand(1)))                  # expect: true true
seed(4)
vmap(fn(x) = x)(zeros(3))
let first = rand(1)
seed(4)
print(all(first == rand(1)))                               # expect: true
let w = param([0, 0])
train w { loss: sum(w * vmap(fn(x) = x * rand(1)[0])([1, 1])); optimizer: GD(lr: 1); steps: 1; quiet: true }
print(w[0] != w[1], all(w < 0))                            # expect: true true
print(shape(vmap(fn(x) = permutation(5))(zeros(3))))       # expect: (3, 5)
