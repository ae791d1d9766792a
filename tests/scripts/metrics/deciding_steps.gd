# A metric that decides, of a step of several minibatches, of an epoch cut short, with a loop, and with an update beside the loss.
precision(f64)
let x = [[1, 0], [0, 1], [2, 1], [1, 3], [0, 2], [3, 1], [1, 1]]
let w = param([0.5, 0.25])
fn past(p, most) { let n = 0; for i in 0..len(p) - 1 { if p[i] > most { n += 1 } }; n }
let h = train w on x in x {
  loss: mean((x @ w)^2); optimizer: GD(lr: 0); epochs: 1; batch: 2; accumulate: 2; shuffle: false; quiet: true
  metrics: (n: past(x @ w, 0.6))
  each_step: { print("step {step}: {n}") }
}
# expect: step 1: 2
# expect: step 2: 2
print(h.n)    # expect: [4]
let s = train w on x in x { loss: mean((x @ w)^2); optimizer: GD(lr: 0); steps: 2; batch: 2; shuffle: false; quiet: true; metrics: (n: past(x @ w, 0.6), far: max(x @ w)) }
print(s.n, s.far)    # expect: [2] [1.25]
let u = train on x in x { update w { loss: mean((x @ w)^2); optimizer: GD(lr: 0) }; epochs: 2; batch: 3; quiet: true; metrics: (n: past(x @ w, 0.6)) }
print(u.n)    # expect: [4, 4]
