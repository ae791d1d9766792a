# check
# gd check knows the shapes of what is mapped.
let x = zeros(4, 3)
let y = vmap(fn(r) = r @ ones(3, 2))(x)
y @ ones(3, 1)   # expect error: shapes do not fit
