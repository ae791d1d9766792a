# A search that finds no lower loss ends the run where rounding hides the fall, in f32 too; with a wrong gradient it is an error.
for o in [fn() = Steepest(), fn() = LBFGS(), fn() = BFGS(), fn() = ConjugateGradient()] {
  let w = param(3)
  let h = train w { loss: w^2 + relu(1.9 + 10 * (1 - w))^2 / 20; optimizer: o(); steps: 100; quiet: true }
  print(h.stopped, "{w:.4f}")   # expect: converged 0.9917
}
# expect: converged 0.9917
# expect: converged 0.9917
# expect: converged 0.9917
let turned = custom_gradient(fn(x) = x^2, fn(x, y, dy) = -2 * x * dy)
let v = param(1)
print(attempt(fn() = train v { loss: turned(v); optimizer: LBFGS(); steps: 9; quiet: true }).error)   # expect ~ no lower loss along a direction of descent .slope -4.*

# the augmented Lagrangian in f32, and where the numbers are large
let x = param(3)
let r = augmented_lagrangian(x, fn() = x^2, below: fn() = 1 - x)
print("{x:.4f} {r.below:.3f}", r.violation < 1e-5)   # expect: 1.0000 [2.000] true
print("{augmented_lagrangian(x, fn() = x^2, equal: fn() = stack(x - 1, x - 2)).violation:.3f}")   # expect: 0.707
precision(f64)
let far = param([3000, 1000])
let s = augmented_lagrangian(far, fn() = sum(far^2), equal: fn() = sum(far) - 5000)
print("{far:.3f} {s.equal:.1f}")   # expect: [2500.000, 2500.000] [-5000.0]
