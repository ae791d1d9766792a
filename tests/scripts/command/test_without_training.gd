# command: test
# expect ~ ok +\d+ ms  test_without_training.gd: a function
# expect: 1 training was not needed by the tests
# expect: 1 passed, 0 failed
# status: 0
# A training that no test needs is passed over, and what depends on it.
fn double(x) = 2 * x
let w = param(1)
let h = train w { loss: w^2; optimizer: GD(); steps: 1e12 }
print("trained", h.steps)
let last = h.loss[-1]
print(last)
test "a function" { assert(double(2) == 4) }
