# Levenberg and Marquardt's method from exactly zero: the step is then measured beside itself.
let x = linspace(0, 1, 20)
let w = param(zeros(2))
let h = train w { residuals: w[0] * x + w[1] - (2 * x + 1); optimizer: LevenbergMarquardt(); steps: 20; quiet: true }
print(h.stopped, all(abs(w - [2, 1]) < 1e-5))    # expect: converged true
