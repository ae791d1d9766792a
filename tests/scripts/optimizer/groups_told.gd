# What groups hold: parts that are trained, and optimizers of which each has its own rate.
let (body, part) = (Adam(lr: 0.1), param(2))
let both = groups((part, body))
print(attempt(fn() = both.lr).error)   # expect: groups has no single `lr`: each of its optimizers has its own
print(attempt(fn() = train part { loss: part^2; optimizer: Proximal(both, sparse(0.1)); steps: 1; quiet: true }).ok)   # expect: false
body.lr = 0.2
print((train part { loss: part^2; optimizer: both; steps: 1; quiet: true }).loss, body.lr)   # expect: [4] 0.2
print(attempt(fn() = train part { loss: part^2; optimizer: groups((2 * part, body), (part, body)); steps: 1; quiet: true }).error)   # expect: groups: a part has nothing that is trained: a model, a param or a tuple of them is expected
