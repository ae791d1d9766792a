# The natural gradient: one step solves a linear fit, the two ways of working it out agree, and a net is fitted in a few steps.
precision(f64)
let (x, y) = (randn(30, 4), randn(30))
let w = param(zeros(4))
train w { residuals: x @ w - y; optimizer: NaturalGradient(lr: 1, damping: 1e-12); steps: 1; quiet: true }
print(norm(w - lstsq(x, y)) < 1e-8)   # expect: true
let (few, v) = (x[0:3], param(ones(4)))
train v { residuals: few @ v - y[0:3]; optimizer: NaturalGradient(lr: 0.3, damping: 0.1); steps: 1; quiet: true }
let there = 1 - 0.3 * solve(few' @ few / 3 + 0.1 * eye(4), few' @ (few @ ones(4) - y[0:3]) / 3)
print(norm(v - there) < 1e-12)        # expect: true
seed(5)
let net = chain(Dense(1, 8), tanh, Dense(8, 1))
let t = linspace(-2, 2, 40)
let h = train net { residuals: net(t[:, none])[:, 0] - sin(2 * t); optimizer: NaturalGradient(); steps: 60; quiet: true }
print(h.loss[-1] < 0.05)              # expect: true
train w { loss: sum(w^2); optimizer: NaturalGradient(); steps: 1; quiet: true }   # expect error: NaturalGradient needs residuals
