# copy(o) is an optimizer of its own, without steps.
let o = Lookahead(Adam(lr: 0.1))
let w = param([3, -2])
train w { loss: sum(w^2); optimizer: o; steps: 3; quiet: true }
let c = copy(o)
c.lr = 0.5
print(c.steps, o.steps, c.lr, o.lr)   # expect: 0 3 0.5 0.1
