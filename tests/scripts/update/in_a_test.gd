# command: test
# A test runs once, like the top level; a loop or a block of a training in it does not.
# status: 0
# expect ~ ok .*
# expect: 1 passed, 0 failed
test "one step" {
  let w = param(1)
  update w { loss: w^2; optimizer: Adam(lr: 0.25) }
  assert(w == 0.75)
}
