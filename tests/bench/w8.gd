# W8: gradient descent with automatic gradients on Rosenbrock's function of two variables, in f64.  Prints microseconds a step.

precision(f64)
let p = param([-1.2, 1])

fn rosenbrock(p) = (1 - p[0])^2 + 100 * (p[1] - p[0]^2)^2
fn go(steps) = train p { loss: rosenbrock(p); optimizer: GD(lr: 1e-3); steps: steps; quiet: true }

go(1000)
let taken = [go(50000).seconds, go(50000).seconds, go(50000).seconds, go(50000).seconds, go(50000).seconds]
assert(rosenbrock(p) < 1e-6)
print("W8 {sort(taken)[2] * 1e6 / 50000:.4f}")
