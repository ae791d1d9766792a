# Values that a block, a function or an assertion takes are used.
# check
let xs = list(3, 1)
fn f(v) { push(v, 1) }
let y = if len(xs) > 1 { sort([1, 2]) } else { [3] }
let z = { let w = 2; exp(w) }
require(z, z > 0, "z is positive")
push(xs, 2) |> print                       # expect no stderr: is not used
