# command: test
# expect ~ ok .*: as in the script
# expect ~ ok .*: one number
# expect ~ ok .*: another
# expect: 3 passed, 0 failed
# What the script draws after a training is what it draws when it is run; each test has draws of
# its own, whatever ran before it.
seed(1)
rand(2)
rand(2)
let drawn = rand(2)
seed(1)
let (d, w) = (dataset(rand(4), zeros(4)), param(0))
train w on (x, y) in d { loss: mse(w * x, y); optimizer: GD(); epochs: 1; batch: 2 }
let x = rand(2)
let first = zeros(1)
test "as in the script" { assert(all(x == drawn)) }
test "one number" { first = rand(1) }
test "another" { assert(all(rand(1) != first)) }
