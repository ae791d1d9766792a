# A step repeated along axis 0: the last state, and what each row gave.
print(scan(fn(total, x) = (total + x, total * x), 0, [1, 2, 3]))   # expect: (6, [0, 2, 9])
let W = [[0.1, 0.2], [0.3, -0.1]]
let xs = [[1, 2], [0.5, -1], [2, 2], [1, 1], [0, 0.3]]
fn scanned(W) {
  let (h, ys) = scan(fn(h, x) { let n = tanh(x + h @ W); (n, (now: n, sum: sum(n))) }, zeros(2), xs)
  sum(h) + sum(ys.now^2) + sum(ys.sum^3)
}
fn looped(W) {
  let (h, all) = (zeros(2), 0)
  for x in xs {
    h = tanh(x + h @ W)
    all += sum(h^2) + sum(h)^3
  }
  sum(h) + all
}
print(abs(scanned(W) - looped(W)) < 1e-5)                          # expect: true
print(max(abs(grad(scanned)(W) - grad(looped)(W))) < 1e-4)         # expect: true
print(max(abs(hessian(scanned)(W) - hessian(looped)(W))) < 1e-3)   # expect: true
print(check_gradient(scanned, W), check_gradient(fn(W) = sum(grad(scanned)(W)^2), W))   # expect: true true
