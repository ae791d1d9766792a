seed(5)
let a = randn(4)
let b = randn(4)
seed(5)
print(all(a == randn(4)), all(a == b))   # expect: true false
seed(6)
print(all(a == randn(4)))                # expect: false
