precision(f64)
fn last(o, n) {
  let w = param([1.5, -1])
  (train w { loss: w[0]^2 + 5 * w[1]^2; optimizer: o; steps: n; quiet: true }).loss[-1]
}
let os = list(GD(lr: 0.05), SGD(lr: 0.02, momentum: 0.9), Adagrad(lr: 0.5), RMSprop(lr: 0.01), Adam(lr: 0.05), AdamW(lr: 0.05), AMSGrad(lr: 0.05), Adamax(lr: 0.05), NAdam(lr: 0.05), RAdam(lr: 0.05),
  AdaBelief(lr: 0.05), ADOPT(lr: 0.05), AdEMAMix(lr: 0.02, alpha: 1), LAMB(lr: 0.05), Rprop(), Adafactor(lr: 0.05), Muon(adam: 0.05))
for o in os { assert(last(o, 500) < 0.01) }
assert(last(Adadelta(), 3000) < 0.01)
assert(last(Lion(lr: 0.005), 1000) < 0.01)
assert(last(SignSGD(lr: 0.005), 1000) < 0.01)
assert(last(LARS(lr: 1, momentum: 0, trust: 0.05), 1000) < 0.01)
print("all")   # expect: all
