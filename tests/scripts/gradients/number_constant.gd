# A number that is meant as a constant, or through which no gradient passes, is not told.
# expect no stderr: warning
fn f(x) = number(stop_gradient(sum(x))) * sum(x) + number(argmax(x)) * sum(x)
print(grad(f)([1, 2]))   # expect: [4, 4]
fn g(x, a) = number(sum(a)) * sum(x)
print(grad(fn(x) = g(x, [3, 4]))([1, 2]))   # expect: [7, 7]
let w = param(2.0)
let h = train w { loss: w^2; optimizer: SGD(lr: 0.25); steps: 2; metrics: (w: number(w)); quiet: true }
print(number(w) < 2)   # expect: true
