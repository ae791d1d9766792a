# Rosenbrock's function: a curved valley whose floor hardly slopes.
#
# Shows: training a param on a plain function, Newton's method written in three lines, a schedule.
# Outcome: Adam comes within 0.001 of the minimum (1, 1) in 5000 steps; Newton's method, which sees
# the curvature, to twelve digits in 10.

precision(f64)

fn rosenbrock(p) = (1 - p[0])^2 + 100 * (p[1] - p[0]^2)^2

let p = param([-1.2, 1])
let history = train p {
  loss: rosenbrock(p)
  optimizer: Adam(lr: cosine(0.05, steps: 5000))
  steps: 5000
  quiet: true
}
print("Adam:   {p:.6f} after {history.steps} steps, value {history.loss[-1]:.1e}")
assert(max(abs(p - 1)) < 1e-3)

# Each step goes to the minimum of the parabola that fits here: hessian @ step = gradient.
let q = [-1.2, 1]
for step in 1..10 { q = q - solve(hessian(rosenbrock)(q), grad(rosenbrock)(q)) }
print("Newton: {q:.6f} after 10 steps")
assert(max(abs(q - 1)) < 1e-12)
print("both at (1, 1)")
