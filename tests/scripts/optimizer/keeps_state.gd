# An optimizer made before keeps its state from one train to the next.
precision(f64)
fn go(pieces) {
  let w = param(1)
  let o = Adam(lr: 0.1)
  for n in pieces { train w { loss: w^2; optimizer: o; steps: n; quiet: true } }
  w * 1
}
print(go([10]) == go([4, 6]), go([10]) == go([4, 5]))   # expect: true false
