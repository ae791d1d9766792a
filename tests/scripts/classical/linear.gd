# Least squares and ridge regression by training are those of the normal equations.
precision(f64)
seed(1)
let x = concat(ones(60, 1), randn(60, 3), axis: 1)
let y = x @ [1, 2, -1, 0.5] + 0.3 * randn(60)
fn trained(penalty) {
  let w = param(zeros(4))
  train w { loss: mse(x @ w, y) + penalty * sum(w^2); optimizer: SGD(lr: 0.2, momentum: 0.5); steps: 600; quiet: true }
  copy(w)
}
fn normal_equations(penalty) = solve(x' @ x / 60 + penalty * eye(4), x' @ y / 60)
print(max(abs(trained(0) - normal_equations(0))) < 1e-8)        # expect: true
print(max(abs(trained(0.1) - normal_equations(0.1))) < 1e-8)    # expect: true
