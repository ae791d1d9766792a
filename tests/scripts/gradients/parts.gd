# The gradient of a tensor read in parts is the sum of what each part gives: rows, columns, windows, steps, indices, and the whole.
let x = f64([[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]])

fn rows(x) { let s = 0
  for t in 0..3 { s = s + (t + 1) * sum(x[t]^2) }
  s }
print(grad(rows)(x))                     # expect: [[2, 4, 6], [16, 20, 24], [42, 48, 54], [80, 88, 96]]
fn columns(x) { let s = 0
  for t in 0..2 { s = s + (t + 1) * sum(x[:, t]) }
  s }
print(grad(columns)(x))                  # expect: [[1, 2, 3], [1, 2, 3], [1, 2, 3], [1, 2, 3]]
fn windows(x) { let s = sum(x)
  for t in 0..2 { s = s + 10^t * sum(x[t:t + 2]) }
  s }
print(grad(windows)(x))                  # expect: [[2, 2, 2], [12, 12, 12], [111, 111, 111], [101, 101, 101]]
fn steps(x) = sum(x[::2]) + 10 * sum(x[1::2, ::-1] * x[1::2]) + 100 * x[-1, 0]
print(grad(steps)(x))                    # expect: [[1, 1, 1], [120, 100, 80], [1, 1, 1], [340, 220, 200]]
fn indices(x) = sum(x[i32([0, 2, 0])]) + 10 * sum(x[i32([2, 3])]) + 100 * sum(x[:, i32([1, 1])]) + sum(x[0])
print(grad(indices)(x))                  # expect: [[3, 203, 3], [0, 200, 0], [11, 211, 11], [10, 210, 10]]
fn chunks(x) { let (a, b) = chunk(x, 2)
  sum(a * b) + sum(stack(a[0], b[1])^2) }
print(grad(chunks)(x))                   # expect: [[9, 12, 15], [10, 11, 12], [1, 2, 3], [24, 27, 30]]

# second order: hessian of the rows is diagonal, and reverse over reverse goes through the parts again
print(diag(reshape(hessian(rows)(x), 12, 12)))   # expect: [2, 2, 2, 4, 4, 4, 6, 6, 6, 8, 8, 8]
print(grad(fn(x) = sum(grad(windows)(x) * x + grad(rows)(x)^2))(x)[3])   # expect: [1381, 1509, 1637]
print(check_gradient(fn(x) = rows(tanh(x)) * windows(sin(x)) + steps(x) * indices(x), x / 10))   # expect: true

# a second derivative knows what no part covers: the guard of one part is not undone by the others
fn guarded(x) = sum(where(x[0:2] > 0, sqrt(x[0:2]), 0)) + sum(x[1:3]^3) + x[3]^2
print(diag(hessian(guarded)(f64([4, 0, 1, 2]))))   # expect: [-0.03125, 0, 6, 2]
