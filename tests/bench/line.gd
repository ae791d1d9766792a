# The gradient-descent loop of examples/line.gd, timed: 100 points, 1,000 steps in one train, and as many again once it is warm.
# Prints microseconds a step.

seed(1)
let x = rand(100, 1)
let y = 2 * x + 3 + 0.1 * randn(100, 1)
let w = param(randn(1, 1))
let b = param(zeros(1))

fn go(steps) = train w, b { loss: mse(x @ w + b, y); optimizer: GD(lr: 0.5); steps: steps; quiet: true }

go(1000)
let best = 1e9
for turn in 1..5 {
  let taken = time(fn() = go(1000))
  if taken < best { best = taken }
}
print("{best * 1e6 / 1000:.2f}")
