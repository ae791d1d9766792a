# A dict of params is trained, named and copied as a tuple with names is.
let ps = dict(w: param([1, 2]), b: param(0.5))
train ps { loss: sum((ps.w - 3)^2) + ps["b"]^2; optimizer: SGD(lr: 0.1); steps: 200; quiet: true }
print([k for (k, _) in parameters(ps)], count(ps))         # expect: ["w", "b"] 3
print(sum(abs(ps.w - 3)) < 1e-3, abs(ps.b) < 1e-3)         # expect: true true
let twin = copy(ps)
assign(ps.b, 7)
print(abs(twin.b) < 1e-3, ps.b)                            # expect: true 7
