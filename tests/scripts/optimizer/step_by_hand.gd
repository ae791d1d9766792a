# A step by one's own gradient is an `update`.
let w = param([3, 4])
let opt = GD(lr: 0.5)
update w { gradient: [2, 2]; optimizer: opt }
print(w)               # expect: [2, 3]
opt.step(w, [2, 2])    # expect error: an optimizer is only stepped by one that it was passed to
# expect stderr: `update net { loss: …; optimizer: opt }` makes a step, with `gradient: g`
