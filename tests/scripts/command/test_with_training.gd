# command: test
# expect: trained 3
# expect ~ ok +\d+ ms  test_with_training.gd: it falls
# expect: 1 passed, 0 failed
# status: 0
# One that a test needs, here through a function, is run.
let w = param(1)
let h = train w { loss: w^2; optimizer: GD(lr: 0.1); steps: 3 }
print("trained", h.steps)
fn last() = h.loss[-1]
test "it falls" { assert(last() < h.loss[0]) }
