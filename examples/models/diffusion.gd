# Diffusion: a net learns to take noise away from the two moons, and then makes moons of noise.
#
# Shows: draws inside a loss (a time and a noise for each row), sampling step by step.
# Outcome: the energy distance of 500 made points to fresh ones is at most twice that of two fresh
# sets (Ho, Jain and Abbeel, "Denoising Diffusion Probabilistic Models", 2020).

seed(24)

fn fresh(n) = standardize(moons(n, noise: 0.05)).x
let steps = 100
let beta = linspace(1e-4, 0.1, steps)   # how much of a point is noise after each step
let kept = exp(cumsum(log(1 - beta)))   # and how much of it is left by then

model Denoiser(dim = 128) {
  let net = chain(Dense(6, dim), silu, Dense(dim, dim), silu, Dense(dim, dim), silu, Dense(dim, 2))
  fn forward(x: [N, 2], t: [N]) -> [N, 2] {   # the noise in x at time t
    let w = 2 * pi * t[:, none] / steps
    net(concat(x, sin(w), cos(w), sin(2 * w), cos(2 * w), axis: 1))
  }
}
let net = Denoiser()
train net on x in fresh(4000) {
  loss: {
    let (t, noise) = (randint(0, steps, len(x)), randn(len(x), 2))
    let left = kept[t][:, none]
    mse(net(sqrt(left) * x + sqrt(1 - left) * noise, t), noise)
  }
  optimizer: Adam(lr: cosine(2e-3, steps: 6250))
  epochs: 200
  batch: 128
  quiet: true
}

let x = randn(500, 2)
for t in steps - 1..0 by -1 {
  let cleaner = x - beta[t] / sqrt(1 - kept[t]) * net(x, full(500, value: t))
  x = cleaner / sqrt(1 - beta[t]) + if t > 0 { sqrt(beta[t]) * randn(500, 2) } else { 0 }
}
fn gap(a, b) = mean(norm(a[:, none] - b[none], axis: 2))
fn energy(a, b) = 2 * gap(a, b) - gap(a, a) - gap(b, b)
let (other, another, noise) = (fresh(500), fresh(500), randn(500, 2))
let (made, two) = (energy(x, other), energy(another, other))
print("energy distance: {made:.4f}, two fresh sets {two:.4f}, noise {energy(noise, other):.3f}")
assert(made < 2 * two)
