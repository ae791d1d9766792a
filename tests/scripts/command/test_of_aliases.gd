# command: test
# expect ~ ok .*: a list
# expect ~ ok .*: a name
# expect ~ ok .*: a function
# expect ~ ok .*: an outer model
# expect ~ ok .*: assigned
# expect: 5 passed, 0 failed
# Params and models are shared: a test needs a training by whatever name it comes to them.
let w = param(0)
let layer = Dense(1, 1)
let (all, v, c) = (list(w), w, param(1))
let off = fn() = abs(w - 3)
let outer = chain(layer)
train w { loss: (w - 3)^2; optimizer: GD(lr: 0.5); steps: 1 }
train layer { loss: sum((layer(ones(1, 1)) - 3)^2); optimizer: GD(lr: 0.1); steps: 50 }
assign(c, w)
test "a list" { assert(all[0] == 3) }
test "a name" { assert(v == 3) }
test "a function" { assert(off() == 0) }
test "an outer model" { assert(abs(outer(ones(1, 1))[0, 0] - 3) < 0.1) }
test "assigned" { assert(c == 3) }
