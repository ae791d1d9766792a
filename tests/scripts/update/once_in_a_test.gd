# A test runs once, and so does an update in it that is in no loop.
# command: test
# expect ~ ok  .*
# expect: 1 passed, 0 failed
test "one step" {
  let w = param([1, -2])
  update w { loss: sum(w^2); optimizer: Adam(lr: 0.1) }
  assert(max(abs(w - [0.9, -1.9])) < 1e-6)
}
