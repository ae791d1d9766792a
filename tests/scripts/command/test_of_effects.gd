# command: test
# expect ~ ok .*: counted by a function
# expect ~ ok .*: called through another
# expect ~ ok .*: saved
# expect: 3 passed, 0 failed
# What functions do in a training or after it, and what is in a file, are results of it too.
let (w, k, seen) = (param(0), 0, 0)
fn note() { k += 1 }
fn look() { seen = w }
fn through(f) = f()
train w { loss: (w - 3)^2; optimizer: GD(lr: 0.5); epochs: 2; each_epoch: note() }
through(look)
let path = env("HOME") + "/w.npy"
save(w, path)
test "counted by a function" { assert(k == 2) }
test "called through another" { assert(seen == 3) }
test "saved" { assert(npy(path) == 3) }
