# the guard of a column beside the guard of a row: masks of [3, 1] and of [3] meet in the second derivative
precision(f64)
fn f(x) {
  let column = where(x > 0, sqrt(x), 0)[:, none]
  let row = where(x > 1, log(x), 0)
  sum(expand(column, 3, 3) * expand(row, 3, 3) * row)
}
print(check_gradient(fn(x) = sum(grad(f)(x)^2), [0.7, 1.5, 2.0]))                        # expect: true
print(grad(fn(x) = sum(grad(f)(x)))([0.0, 1.5, 2.0])[0])                                 # expect: 0
