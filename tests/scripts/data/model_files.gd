# args: {tmp}
seed(1)
let path = "{args[0]}/m.safetensors"
let a = chain(Dense(2, 3), BatchNorm(3))
let b = chain(Dense(2, 3), BatchNorm(3))
save(a, path)
load(b, path)
let x = randn(4, 2)
print(all(a(x) == b(x)))                       # expect: true
load(chain(Dense(2, 4), BatchNorm(4)), path)   # expect error: parts.0.W
