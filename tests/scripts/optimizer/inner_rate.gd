# An optimizer around another has the inner one's hyperparameters too.
let o = Proximal(Lookahead(GD(lr: 0.25)), fn(p, lr) = p - lr)
print(o.lr, o.k)   # expect: 0.25 5
o.lr = 0.5
print(o.inner.inner.lr)   # expect: 0.5
let w = param([1, 2])
train w { loss: sum(w); optimizer: o; steps: 1; quiet: true }
print(w)   # expect: [0, 1]
# Two functions may follow each other.
let p = Proximal(Proximal(GD(lr: 0.25), fn(p, lr) = p - lr), fn(p, lr) = 2 * p)
train w { loss: sum(w); optimizer: p; steps: 1; quiet: true }
print(w)    # expect: [-1, 1]
o.lr = -1   # expect error: lr must be 0 or more
