# Recurrences wide enough that their steps go together through parts of the rows: first and second derivatives along three directions.
precision(f64)
seed(3)
fn shifted(v, weights) = map(fn(w) = w + 0.02 * (v[0] * sin(w) + v[1] * cos(3 * w)), weights)
fn along(cell, widths, again) {
  let weights = map(fn(n) = randn(96, n) * 0.15, widths)
  let (x, h0) = (randn(5, 48, widths[0]), randn(48, 96))
  let inside = arange(5)[:, none, none] < randint(0, 6, 48)[none, :, none]
  fn loss(v) {
    let all = shifted(v, weights)
    fn step(h, now) {
      let next = where(now.1, cell(h, now.0, all), h)
      (next, next * next)
    }
    let (h, ys) = scan(if again { checkpoint_gradients(step) } else { step }, h0 * (1 + v[2]), (x, inside))
    mean(h^3) + mean(ys)
  }
  let at = [0.1, -0.2, 0.3]
  print(check_gradient(loss, at), check_gradient(fn(v) = sum(grad(loss)(v) * [1, 2, 3]), at))
}
fn gated(h, above, all) {
  let (keep, new) = chunk(above + h @ all[0], 2, axis: 1)
  sigmoid(keep) * h + (1 - sigmoid(keep)) * tanh(new @ all[1])
}
along(gated, (192, 96), false)                                      # expect: true true
along(gated, (192, 96), true)                                       # expect: true true
along(fn(h, above, all) = tanh(above + h @ all[0]), (96,), false)   # expect: true true
