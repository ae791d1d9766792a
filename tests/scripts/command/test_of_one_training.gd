# command: test
# expect ~ ok .*: the second
# expect: 1 training was not needed by the tests
# expect: 1 passed, 0 failed
# Of two trainings only the one that a test needs is run; the data they share are no reason.
let (x, y) = ([1, 2], [2, 4])
let (a, b) = (param(0), param(0))
loss off(p) = mse(p * x, y)
let h = train a { loss: off(a); optimizer: GD(); steps: 1e12 }
print(h.steps)
train b { loss: off(b); optimizer: GD(lr: 0.1); steps: 200 }
test "the second" { assert(off(b) < 0.1 and shape(x) == (2,)) }
