# Restarts compare the same objective: what blocks change is put back before each, and what the best run left stays, as do the states of its optimizer.
let (lam, o, w) = (1, Adam(lr: 0.1), param(1.0))
let h = train w { loss: w^2 + lam; optimizer: o; epochs: 3; each_epoch: { lam = lam / 2; o.lr = o.lr * 0.5 }; restarts: 4; quiet: true }
print(h.lr)                      # expect: [0.1, 0.05, 0.025]
print(lam, o.lr, o.steps)        # expect: 0.125 0.0125 3
train w { loss: w^2; optimizer: o; steps: 2; quiet: true }
print(o.steps)                   # expect: 5
seed(3)
let v = param(randn(2))
let (p, n) = (Adam(lr: 0.1), 0)
let best = train v { loss: sum(v^2); optimizer: p; steps: 5; restarts: 5; each_step: { n = n + 1 }; quiet: true }
let one = Adam(lr: 0.1)
let u = param(best.path[0])
train u { loss: sum(u^2); optimizer: one; steps: 5; quiet: true }
train u { loss: sum(u^2); optimizer: one; steps: 5; quiet: true }
train v { loss: sum(v^2); optimizer: p; steps: 5; quiet: true }
print(n, norm(u - v) < 1e-5)     # expect: 5 true
