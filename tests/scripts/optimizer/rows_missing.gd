# What fails in an update by rows is told as in any other, and nothing is stored; SparseAdam leaves alone what has no gradient.
let table = param(ones(900, 2))
let o = SparseAdam(lr: 0.1, beta1: 0.5)
fn step(x, k) { update table { loss: k * sum(table[x]); optimizer: o } }
step([3, -1, 3], 1)
print("{table[3, 0]:.4f} {table[899, 1]:.4f} {table[0, 0]}")   # expect: 0.9000 0.9000 1
step([4], 1)
print("{table[3, 0]:.4f}")                                     # expect: 0.9000
print(attempt(fn() = step([900], 1)).error, table[4, 0] * 1 < 1)   # expect ~ 900 is out of range: .* true
print(attempt(fn() = step([5], 1e30)).error)                   # expect ~ the update makes the state `v` of SparseAdam for `table` NaN or infinite at step .*
print(table[5, 0] * 1, o.steps)                                # expect: 1 2
