# with residuals: f.residuals is their vector, the loss its sum of squares; without, asking for them points at the training
precision(f64)
optimizer Gauss() {
  fn step(p, g, f) {
    let J = jacobian(f.residuals)(p)
    assert(f.least_squares and abs(f(p) - sum(f.residuals(p)^2)) <= 1e-12 * f(p))
    assert(norm(jvp(f.residuals, p, g) - J @ g) <= 1e-9 * norm(J @ g))
    p = p - solve(J' @ J, J' @ f.residuals(p))
  }
}
let x = arange(6)
let y = 2 * exp(-0.5 * x)
let c = param([1.5, -0.3])
let h = train c { residuals: reshape(c[0] * exp(c[1] * x) - y, 2, 3); optimizer: Gauss(); steps: 8; quiet: true }
print(norm(c - [2, -0.5]) < 1e-10)   # expect: true
train c { loss: sum(c^2); optimizer: LevenbergMarquardt(); steps: 1; quiet: true }   # expect error: LevenbergMarquardt needs residuals
