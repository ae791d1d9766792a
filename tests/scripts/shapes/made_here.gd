# The error shows where the tensor was made, and what bound each name of a computed size.
fn f(x: [N, 2 * D], y: [D]) = shape(x)
let x = ones(1, 6)
print(f(x, ones(3)))   # expect: (1, 6)
f(x, ones(2))          # expect error: axis 1 is 6, `2 * D` is 4
# expect stderr: `D` is 2 by `y`
# expect stderr: x is [1, 6], made here
