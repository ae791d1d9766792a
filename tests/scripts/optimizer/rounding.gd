# The searches of the whole vector go by the coarsest numbers among what is trained and the loss.
seed(1)
let X = randn(50, 3)
let y = X @ [1, 2, -1] + 0.1 * randn(50)
for o in list(fn() = LBFGS(), fn() = BFGS(), fn() = ConjugateGradient(), fn() = Newton(), fn() = Steepest(), fn() = TrustRegion()) {
  let w = param(bf16([0.1, 0.2, 0.3]))
  let h = train w { loss: mean((X @ w - y)^2); optimizer: o(); steps: 300; quiet: true }
  let (a, b) = (param(f64([0.1, 0.2])), param([0.1]))
  let g = train a, b { loss: mean((f64(X) @ concat(a, f64(b)) - y)^2); optimizer: o(); steps: 300; quiet: true }
  assert(h.stopped == "converged" and g.stopped == "converged" and h.loss[-1] < 0.0084 and g.loss[-1] < 0.0083, "{o()}: {h.why}; {g.why}")
}
let seen = []
optimizer Asks() { fn step(p, g, f) { seen = push(seen, f.rounding) } }
let (plain, half, double) = (param(1), param(bf16(1)), param(f64(1)))
train plain { loss: 0 * plain; optimizer: Asks(); steps: 1; quiet: true }
train half { loss: 0 * half; optimizer: Asks(); steps: 1; quiet: true }
train double { loss: 0 * double; optimizer: Asks(); steps: 1; quiet: true }
print([log2(r) for r in seen])   # expect: [-24, -9, -53]
