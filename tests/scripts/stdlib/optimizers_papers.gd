# Each optimizer against its paper's algorithm, written out plainly beside it: 100 steps, to 1e-12.  Those that torch or a twin in NumPy
# stands for are in optimizers_torch.gd and optimizers_twins.gd, KFAC is in kfac.gd.
precision(f64)
let start = ([1, -2, 0.5], [[0.3, -0.7], [1.1, 0.2]])
fn f(x) {
  let (w, m) = x
  (w[0] - 1)^4 + (w[0] * w[1] - w[2])^2 + 0.1 * sum(w^2) + sum((m @ m' - [[2, 0.5], [0.5, 1]])^2) + sin(sum(m) * w[1])
}

# step(p, g, s, t) gives the new p and the new states s of a tensor.
fn twin(states, step, steps = 100) {
  let x = list(start.0, start.1)
  let s = list(states(x[0]), states(x[1]))
  for t in 1..steps {
    let g = grad(f)((x[0], x[1]))
    for i in 0..1 {
      let (p, after) = step(x[i], g[i], s[i], t)
      x[i] = p
      s[i] = after
    }
  }
  (x[0], x[1])
}
fn compare(name, o, states, step, steps = 100, limit = 1e-12) {
  let (w, m) = (param(start.0), param(start.1))
  train w, m { loss: f((w, m)); optimizer: o; steps: steps; quiet: true }
  let there = twin(states, step, steps)
  let off = norm((w, m) - there)
  assert(off < limit, "{name} is {number(off)} from its paper")
}
fn none_(x) = list()
fn one(x) = list(0 * x)
fn two(x) = list(0 * x, 0 * x)
fn three(x) = list(0 * x, 0 * x, 0 * x)

# Kingma and Ba, algorithm 1, with its corrected moments
fn moments(g, s, t, a = 0.9, b = 0.999) {
  let (m, v) = (a * s[0] + (1 - a) * g, b * s[1] + (1 - b) * g^2)
  (m, v, m / (1 - a^t), v / (1 - b^t))
}
compare("Adam", Adam(lr: 0.02), two, fn(p, g, s, t) {
  let (m, v, mean, square) = moments(g, s, t)
  (p - 0.02 * mean / (sqrt(square) + 1e-8), list(m, v))
})
# Loshchilov and Hutter, algorithm 2
compare("AdamW", AdamW(lr: 0.02, weight_decay: 0.1, decay: "matrices"), two, fn(p, g, s, t) {
  let (m, v, mean, square) = moments(g, s, t)
  let decay = if rank(p) == 2 { 0.1 } else { 0 }
  (p - 0.02 * (mean / (sqrt(square) + 1e-8) + decay * p), list(m, v))
})
# Dozat, algorithm 2: the schedule of momenta, whose product is kept
compare("NAdam", NAdam(lr: 0.02), fn(x) = list(0 * x, 0 * x, 1), fn(p, g, s, t) {
  fn mu(t) = 0.9 * (1 - 0.5 * 0.96^(0.004 * t))
  let product = s[2] * mu(t)
  let (m, v) = (mu(t) * s[0] + (1 - mu(t)) * g, 0.999 * s[1] + 0.001 * g^2)
  let mean = mu(t + 1) * m / (1 - product * mu(t + 1)) + (1 - mu(t)) * g / (1 - product)
  (p - 0.02 * mean / (sqrt(v / (1 - 0.999^t)) + 1e-8), list(m, v, product))
})
# Zhuang et al., algorithm 2
compare("AdaBelief", AdaBelief(lr: 0.02), two, fn(p, g, s, t) {
  let m = 0.9 * s[0] + 0.1 * g
  let v = 0.999 * s[1] + 0.001 * (g - m)^2 + 1e-16
  (p - 0.02 * m / (1 - 0.9^t) / (sqrt(v / (1 - 0.999^t)) + 1e-16), list(m, v))
})
# Taniguchi et al., the clipped variant
compare("ADOPT", ADOPT(lr: 0.02), two, fn(p, g, s, t) {
  if t == 1 { return (p, list(0 * p, g^2)) }
  let clip = (t - 1)^0.25
  let d = maximum(minimum(g / maximum(sqrt(s[1]), 1e-6), clip), -clip)
  let m = 0.9 * s[0] + 0.1 * d
  (p - 0.02 * m, list(m, 0.9999 * s[1] + 0.0001 * g^2))
})
# Pagliardini et al., algorithm 1, with the schedules of alpha and beta3
compare("AdEMAMix", AdEMAMix(lr: 0.01, warmup: 50), three, fn(p, g, s, t) {
  let share = minimum(t / 50, 1)
  let beta3 = minimum(exp(log(0.9) * log(0.9999) / ((1 - share) * log(0.9999) + share * log(0.9))), 0.9999)
  let (m, v, mean, square) = moments(g, list(s[0], s[1]), t)
  let slow = beta3 * s[2] + (1 - beta3) * g
  (p - 0.01 * (mean + 5 * share * slow) / (sqrt(square) + 1e-8), list(m, v, slow))
})
# Chen et al., algorithm 2
compare("Lion", Lion(lr: 0.01, weight_decay: 0.1), one, fn(p, g, s, t) {
  let c = 0.9 * s[0] + 0.1 * g
  (p - 0.01 * (sign(c) + 0.1 * p), list(0.99 * s[0] + 0.01 * g))
})
# Bernstein et al., algorithm 2
compare("SignSGD", SignSGD(lr: 0.01, momentum: 0.9), one, fn(p, g, s, t) {
  let m = 0.9 * s[0] + 0.1 * g
  (p - 0.01 * sign(m), list(m))
})
# You et al. 2020, algorithm 2
compare("LAMB", LAMB(lr: 0.01, weight_decay: 0.1), two, fn(p, g, s, t) {
  let (m, v, mean, square) = moments(g, s, t)
  let r = mean / (sqrt(square) + 1e-6) + 0.1 * p
  (p - 0.01 * norm(p) / norm(r) * r, list(m, v))
})
# You et al. 2017, algorithm 1
compare("LARS", LARS(lr: 1, weight_decay: 0.1, trust: 0.02), one, fn(p, g, s, t) {
  let local = 0.02 * norm(p) / (norm(g) + 0.1 * norm(p))
  let v = 0.9 * s[0] + 1 * local * (g + 0.1 * p)
  (p - v, list(v))
})
# Shazeer and Stern, algorithms 4 (matrices) and 5 (vectors)
compare("Adafactor", Adafactor(lr: 0.01), fn(x) = list(0 * x, 0 * x), fn(p, g, s, t) {
  let beta = 1 - t^-0.8
  let rate = maximum(1e-3, sqrt(mean(p^2))) * minimum(0.01, 1 / sqrt(t))
  let (r, c, v) = (s[0], s[1], g)
  if rank(p) == 2 {   # sums of rows and columns, as the paper has them
    r = beta * r + (1 - beta) * sum(g^2 + 1e-30, axis: 1, keep: true)
    c = beta * c + (1 - beta) * sum(g^2 + 1e-30, axis: 0, keep: true)
    v = r[:, 0:1] @ c[0:1] / sum(r[:, 0])
  } else {
    r = beta * r + (1 - beta) * (g^2 + 1e-30)
    v = r
  }
  let u = g / sqrt(v)
  (p - rate * u / maximum(1, sqrt(mean(u^2)) / 1), list(r, c))
})
# Jordan et al.: Nesterov's momentum made orthogonal
compare("Muon", Muon(lr: 0.01, adam: 0.02), two, fn(p, g, s, t) {
  if rank(p) == 1 {
    let (m, v, mean, square) = moments(g, s, t, a: 0.9, b: 0.95)
    return (p - 0.02 * mean / (sqrt(square) + 1e-8), list(m, v))
  }
  let b = 0.95 * s[0] + g
  let u = g + 0.95 * b
  let x = u / (norm(u) + 1e-7)
  for k in 1..5 {
    let a = x @ x'
    x = 3.4445 * x + (-4.775) * a @ x + 2.0315 * (a @ a) @ x
  }
  (p - 0.01 * sqrt(maximum(1, shape(p)[1] / shape(p)[0])) * x, list(b, s[1]))
})
# Zhang et al., algorithm 1, around Adam
compare("Lookahead", Lookahead(Adam(lr: 0.02), k: 5, alpha: 0.5), fn(x) = list(0 * x, 0 * x, x), fn(p, g, s, t) {
  let (m, v, mean, square) = moments(g, list(s[0], s[1]), t)
  let (fast, slow) = (p - 0.02 * mean / (sqrt(square) + 1e-8), s[2])
  if t % 5 == 0 {
    slow = slow + 0.5 * (fast - slow)
    fast = slow
  }
  (fast, list(m, v, slow))
})
# Liang et al., algorithm 1, around Adam: what the step and the gradient agree on
compare("Cautious", Cautious(Adam(lr: 0.02)), two, fn(p, g, s, t) {
  let (m, v, mean, square) = moments(g, s, t)
  let u = mean / (sqrt(square) + 1e-8)
  let phi = where(u * g > 0, 1, 0)
  (p - 0.02 * u * phi / maximum(mean_of(phi), 1e-3), list(m, v))
})
fn mean_of(x) = sum(x) / size(x)
# Zeiler, algorithm 1, and Graves's centred RMSprop, over 1,000 steps too: there the gradient's rounding decides (torch and a run of fifty
# digits part by 0.07 and 0.01), and with the same gradients the two are the same.
fn zeiler(p, g, s, t) {
  let v = 0.9 * s[0] + (1 - 0.9) * g * g
  let d = sqrt(s[1] + 1e-6) / sqrt(v + 1e-6) * g
  (p - d, list(v, 0.9 * s[1] + (1 - 0.9) * d * d))
}
compare("Adadelta", Adadelta(lr: 1), two, zeiler)
compare("Adadelta, 1,000", Adadelta(lr: 1), two, zeiler, steps: 1000)
fn graves(p, g, s, t) {
  let (v, m) = (0.99 * s[0] + (1 - 0.99) * g * g, 0.99 * s[1] + (1 - 0.99) * g)
  (p - 0.01 * g / (sqrt(v - m * m) + 1e-8), list(v, m))
}
compare("RMSprop, centred", RMSprop(lr: 0.01, centered: true), two, graves)
compare("RMSprop, centred, 1,000", RMSprop(lr: 0.01, centered: true), two, graves, steps: 1000)
print("all as their papers")   # expect: all as their papers
