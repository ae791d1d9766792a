# Under `shards:`, whose update is made without the loss, roles are those of the loss that the parts compute.
let d = dataset(arange(12) % 5, randn(12, 2))
optimizer Roles() {
  fn step(p, g) { p = 0 * p + (if role(p) == "head" { 5 } else if role(p) == "embedding" { 4 } else if role(p) == "matrix" { 3 } else { 2 }) }
}
fn go(parts) {
  let net = chain(Embedding(5, 3), Dense(3, 4), tanh, Dense(4, 2))
  if parts == 0 { train net on (x, y) in d { loss: mse(net(x), y); optimizer: Roles(); epochs: 2 } }
  else { train net on (x, y) in d { loss: mse(net(x), y); optimizer: Roles(); epochs: 2; batch: 6; accumulate: 2; shards: parts } }
  [number(max(p)) for (_, p) in parameters(net)]
}
print(go(0))   # expect: [4, 3, 2, 5, 2]
print(go(1))   # expect: [4, 3, 2, 5, 2]
print(go(3))   # expect: [4, 3, 2, 5, 2]
