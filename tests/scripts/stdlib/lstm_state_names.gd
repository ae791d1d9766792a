# The state of an LSTM is taken by its names, by place where it has none.
seed(1)
let (l, x, h, c) = (LSTM(2, 3), randn(1, 2, 2), ones(1, 1, 3), zeros(1, 1, 3))
let y = l(x, state: (h: h, c: c))
print(all(l(x, state: (c: c, h: h)) == y), all(l(x, state: (h, c)) == y))   # expect: true true
let (first, state) = l.run(x[:, :1])
print(max(abs(l(x[:, 1:], state: state) - l(x)[:, 1:])) < 1e-6)   # expect: true
print(attempt(fn() = l(x, state: (a: h, b: c))).error)   # expect: LSTM: the state is the pair (h: .., c: ..), as `run` gives it: `l` is LSTM(2, 3), made here
print(attempt(fn() = l(x, state: h)).error)              # expect: LSTM: the state is the pair (h: .., c: ..), as `run` gives it: `l` is LSTM(2, 3), made here
train l { loss: mean(l(x, state: (c: c, h: h))^2); optimizer: GD(lr: 0.1); steps: 2; quiet: true }
