precision(f64)
let a = dataset([[1, 10], [3, 30]], [0, 1])
let b = dataset([[5, 20]], [0])
let (p, q) = standardize(a, b)
print("{p.x:.3f} {q.x:.3f}", p.y)   # expect: [[-1.000, -1.000], [1.000, 1.000]] [[3.000, 0.000]] [0, 1]
