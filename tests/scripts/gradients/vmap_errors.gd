# What cannot be mapped is told at the line that asks for it.
let f = vmap(fn(x) = if x > 0 { x } else { 0 })
f([1, -2])   # expect error: differs from row to row
