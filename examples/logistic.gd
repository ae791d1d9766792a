# Logistic regression by gradient descent, against Newton's method.
#
# Shows: a loss of one's own, `grad` and `hessian` of a function, `solve`.
# Outcome: ten Newton steps and two thousand gradient steps end in the same place to six digits.

seed(4)
precision(f64)

# Two overlapping clouds, a column of ones for the intercept.
let n = 100
let points = concat(randn(n, 2) - 1, randn(n, 2) + 1, axis: 0)
let A = concat(points, ones(2 * n, 1), axis: 1)
let y = concat(zeros(n), ones(n), axis: 0)

# A loss may use what stands outside; `strength` keeps θ finite where the clouds can be separated.
loss penalized(θ, strength = 0.01) = binary_cross_entropy(A @ θ, y) + strength * sum(θ^2)

# Newton: the minimum of the quadratic that touches the loss here.
let newton = zeros(3)
for step in 1..10 {
  newton = newton - solve(hessian(penalized)(newton), grad(penalized)(newton))
}

let θ = param(zeros(3))
train θ {
  loss: penalized(θ)
  optimizer: GD(lr: 1)
  steps: 2000
  quiet: true
}

print("newton:           {newton:.6f}")
print("gradient descent: {θ:.6f}")
print("loss {penalized(newton):.6f}, accuracy {accuracy(A @ newton, y):.3f}")
assert(max(abs(θ - newton)) < 1e-6)
assert(max(abs(grad(penalized)(newton))) < 1e-10)
print("they agree")
