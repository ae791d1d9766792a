# A tuple, a list, a tensor's first axis; `(a,)` takes one of one, `(a)` is a.
let (a, b) = ["x", "y"]
let (r, s) = [[1, 2], [3, 4]]
let (only,) = list("single")
let (same) = (5, 6)
let (p, (q, _)) = (1, (2, 3))
print(a, b, r, s, only, same, p, q)    # expect: x y [1, 2] [3, 4] single (5, 6) 1 2
