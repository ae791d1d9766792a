# Newton and the trust region end quadratically: the exponent log(e2 / e1) / log(e1 / e0) of errors in a row, the geometric mean of the
# last two.  Powell's function is singular at its bottom: there it is 1.
precision(f64)
let problems = list(
  ([-1.2, 1], ones(2), fn(x) = 100 * (x[1] - x[0]^2)^2 + (1 - x[0])^2),
  ([1, 1], [3, 0.5], fn(x) = sum(([1.5, 2.25, 2.625] - x[0] + x[0] * x[1]^[1, 2, 3])^2)),
  ([-3, -1, -3, -1], ones(4), fn(x) = 100 * (x[1] - x[0]^2)^2 + (1 - x[0])^2 + 90 * (x[3] - x[2]^2)^2 + (1 - x[2])^2 + 10.1 * ((x[1] - 1)^2 + (x[3] - 1)^2) + 19.8 * (x[1] - 1) * (x[3] - 1)),
  ([-1, 0, 0], [1, 0, 0], fn(x) = 100 * ((x[2] - 5 / pi * atan2(x[1], x[0]))^2 + (hypot(x[0], x[1]) - 1)^2) + x[2]^2),
  ([0, 0], [3, 2], fn(x) = (x[0]^2 + x[1] - 11)^2 + (x[0] + x[1]^2 - 7)^2),
  ([3, -1, 0, 1], zeros(4), fn(x) = (x[0] + 10 * x[1])^2 + 5 * (x[2] - x[3])^2 + (x[1] - 2 * x[2])^4 + 10 * (x[0] - x[3])^4))
fn exponent(start, bottom, f, o) {
  let w = param(start)
  let h = train w { loss: f(w); optimizer: o; steps: 200; quiet: true }
  let errors = filter([norm(x - bottom) for x in h.path[:-1]], fn(e) = e > 1e-14)[-4:]   # below it is rounding
  let falls = [log(errors[k + 1] / errors[k]) for k in 0..2]
  "{number((falls[2] / falls[0])^0.5):.2f}"
}
for made in list(fn() = Newton(gtol: 1e-14), fn() = TrustRegion(gtol: 1e-14)) {
  print(join([exponent(start, bottom, f, made()) for (start, bottom, f) in problems], " "))
}
# expect ~ (1\.[7-9]\d |2\.\d\d ){5}1\.00
# expect ~ (1\.[7-9]\d |2\.\d\d ){5}1\.00
