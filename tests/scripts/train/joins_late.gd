# A param that a later step is the first to reach had its first value until then: at the best epoch
# of `keep:`, in the mean of `average:`, and before each run of a race.
let (a, b, late) = (param(1), param(1), false)
fn again() { assign(a, 1); assign(b, 1); late = false }
fn way() = (a - 3)^2 + (if late { (b + 3)^2 } else { 0 })
train on x in ones(4) { loss: mean(x) * way(); optimizer: GD(lr: 0.1); epochs: 6; keep: best(loss); quiet: true
  each_epoch: { late = epoch >= 3 } }
print(a, b)   # expect: 1.976 1
again()
let (seen, both) = (0, 0)
train on x in ones(4) { loss: mean(x) * way(); optimizer: GD(lr: 0.1); epochs: 4; average: swa(from: 0); quiet: true
  each_epoch: { late = epoch >= 3; seen += b / 4; both += a / 4 } }
print(abs(a - both) < 1e-6, abs(b - seen) < 1e-6, b < 1)   # expect: true true true
again()
train on x in ones(4) { loss: mean(x) * way(); optimizer: GD(lr: 0.1); epochs: 4; average: ema(0.5); quiet: true
  each_epoch: { late = epoch >= 3 } }
print(b)   # expect: 0.6
for halves in list(false, true) {
  again()
  let r = race on x in ones(4) { loss: mean(x) * way(); optimizers: (p: GD(lr: 0.1), q: GD(lr: 0.1), s: GD(lr: 0.001)); epochs: 8
    each_epoch: { late = epoch >= 2 }; quiet: true; halving: halves }
  again()
  let h = train on x in ones(4) { loss: mean(x) * way(); optimizer: GD(lr: 0.1); epochs: 8; each_epoch: { late = epoch >= 2 }; quiet: true }
  print(all(r.p.loss == h.loss), all(r.q.loss == h.loss[0:r.q.epochs]))   # expect: true true
}   # expect: true true
