# A metric that decides from values is what the same code gives over all rows: of models, of params alone, in training and validation.
seed(3)
fn own(score, y) {
  let hit = sum((score > 0) and (y == 1))
  if hit == 0 { 0 } else { 2 * hit / (sum(score > 0) + sum(y == 1)) }
}
fn close(a, b) = len(a) == len(b) and all(abs(a - b) < 1e-6)
let x = randn(70, 2)
let data = dataset(x, i32(x[:, 0] + 0.3 * randn(70) > 0.9))
let (rest, held) = split(data, rows: 48)
let net = chain(Dense(2, 4), Dropout(0.3), tanh, Dense(4, 1))
let w = param([0.5, 0])
let h = train net, w on (x, y) in rest {
  loss: binary_cross_entropy(net(x)[:, 0], y) + binary_cross_entropy(x @ w, y); optimizer: Adam(lr: 0.05); epochs: 5; batch: 7; validate: held; quiet: true
  metrics: (a: own(net(x)[:, 0], y), b: f1(net(x)[:, 0], y), c: own(x @ w, y), d: f1(x @ w, y), e: { let p = net(x)[:, 0]; if max(p) > 100 { 0 } else { mean(x[:, 1] * p) } }, g: mean(x[:, 1] * net(x)[:, 0]))
}
print(close(h.a, h.b), close(h.c, h.d), close(h.e, h.g), max(h.a) > 0)    # expect: true true true true
print(close(h.val_a, h.val_b), close(h.val_c, h.val_d), close(h.val_e, h.val_g))    # expect: true true true
print(abs(h.val_a[-1] - own(net(held.x)[:, 0], held.y)) < 1e-6)    # expect: true
