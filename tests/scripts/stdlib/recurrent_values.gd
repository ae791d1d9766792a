# Two layers in both directions, rows of unequal length, states given: sums of what comes out and squares of gradients, as torch has them in f64.
precision(f64)
fn fill(k, shape...) = reshape(sin(k + arange(reduce(fn(a, b) = a * b, shape))), shape...)
let (x, h0, c0) = (fill(0.5, 2, 4, 3), fill(0.25, 4, 2, 2), fill(0.75, 4, 2, 2))
fn show(make, gates) {
  let net = make(3, 2, layers: 2, both: true)
  for (i, step) in enumerate(net.steps) {
    for (part, k) in ((step.W, 1), (step.U, 10), (step.b, 100)) { assign(part, fill(k * (i + 1), shape(part)...)) }
    if gates == 3 { assign(step.c, fill(1000 * (i + 1), 2)) }
  }
  fn loss(x, net) {
    let (y, s) = net.run(x, state: if gates == 4 { (h: h0, c: c0) } else { h0 }, lengths: [4, 2])
    sum(y^2) + if gates == 4 { sum(s.h^3) + sum(s.c^3) } else { sum(s^3) }
  }
  let (y, s) = net.run(x, state: if gates == 4 { (h: h0, c: c0) } else { h0 }, lengths: [4, 2])
  let h = if gates == 4 { s.h } else { s }
  print("{sum(y):.9f} {sum(h):.9f} {sum(grad(loss)(x, net)^2):.9f} {sum(grad(loss, wrt: 1)(x, net).steps[2].U^2):.9f}")
}
show(RNN, 1)    # expect: -16.322040116 -3.758468443 4.966957352 2.416836041
show(LSTM, 4)   # expect: 1.344783231 -1.018164206 17.596194789 0.003354395
show(GRU, 3)    # expect: 5.837589752 3.113267058 1.928747909 0.460083012
