# Logistic, multinomial and Poisson regression: at the end of training Newton's method has nothing to add.
precision(f64)
seed(3)
let x = concat(ones(90, 1), randn(90, 2), axis: 1)
let score = x @ [0.5, 1, -2]
fn left_over(f, start, rate, steps) {   # how far a Newton step from the trained params goes
  let w = param(start)
  train w { loss: f(w); optimizer: SGD(lr: rate, momentum: 0.9); steps: steps; quiet: true }
  max(abs(solve(hessian(f)(copy(w)), grad(f)(copy(w)))))
}
let yes = bernoulli(sigmoid(score))
print(left_over(fn(w) = binary_cross_entropy(x @ w, yes), zeros(3), 0.5, 800) < 1e-8)                         # expect: true
let class = categorical(stack(score, -score, 0 * score, axis: 1))
# The last class's scores stay 0: else a number added to all classes would change nothing.
print(left_over(fn(w) = cross_entropy(concat(x @ reshape(w, 3, 2), zeros(90, 1), axis: 1), class), zeros(6), 0.5, 1500) < 1e-8)   # expect: true
let counts = floor(exp(0.3 * score) + rand(90))
print(left_over(fn(w) = poisson(x @ w, counts), zeros(3), 0.2, 800) < 1e-8)                                   # expect: true
# The mean of a Poisson regression is the mean of the counts, as of every one with an intercept.
