# The lasso by proximal steps: where it stops, each weight's correlation with what is left is the penalty, or less where the weight is 0.
precision(f64)
seed(2)
let x = randn(80, 6)
let y = x @ [3, 0, 0, -2, 0, 0.05] + 0.1 * randn(80)
let penalty = 0.3
fn smooth(w) = 0.5 * mse(x @ w, y)
let w = zeros(6)
for step in 1..400 {
  let moved = w - 0.5 * grad(smooth)(w)
  w = sign(moved) * relu(abs(moved) - 0.5 * penalty)
}
let pull = -grad(smooth)(w)
print(sum(w == 0), w[0] > 2, w[3] < -1)                                     # expect: 4 true true
print(max(abs(where(w == 0, 0, pull - penalty * sign(w)))) < 1e-10)         # expect: true
print(all(abs(pull) <= penalty + 1e-10))                                    # expect: true
