# Tensors, tuples and lists are values.
let x = [1, 2, 3]
let y = x
y[0] = 9
print(x, y)               # expect: [1, 2, 3] [9, 2, 3]
let l = ["a"]
let m = l
m[0] = "b"
print(l, m)               # expect: ["a"] ["b"]
fn change(v) { v[0] = 100; v }
print(change(x)[0], x[0]) # expect: 100 1
