# … also of an optimizer inside another one, or in a group; the values of a group's part are no setting
# args: {tmp}
let (path, other) = ("{args[0]}/a.ckpt", "{args[0]}/b.ckpt")
let (w, v) = (param([3, 4]), param([1, 2]))
fn inside(peak, steps) =
  train w { loss: sum(w^2); optimizer: Lookahead(Adam(lr: exponential(peak, 0.5))); steps: steps; checkpoint: path; resume: true; quiet: true }
fn grouped(peak, steps) {
  let o = groups((w, Adam()), (v, SGD(lr: exponential(peak, 0.5))))
  train w, v { loss: sum(w^2) + sum(v^2); optimizer: o; steps: steps; checkpoint: other; resume: true; quiet: true }
}
inside(0.1, 1)
inside(0.3, 2)    # expect stderr: resumed with another `inner`: it was Adam(lr: a schedule of 0.1 at step 1
grouped(0.2, 1)
grouped(0.4, 2)   # expect stderr: resumed with another `others`
# expect stderr: SGD(lr: a schedule of 0.2 at step 1
# expect stderr: SGD(lr: a schedule of 0.4 at step 1
# expect no stderr: another `parts`
print("resumed")   # expect: resumed
