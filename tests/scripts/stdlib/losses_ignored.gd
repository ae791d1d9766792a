# What is ignored counts neither above nor below the line.
precision(f64)
let (z, y) = ([[[2, 0, 1], [nan, 0, 0]], [[0, 1, 0], [0, 0, 3]]], [[0, -1], [1, 2]])
let plain = cross_entropy([[2, 0, 1], [0, 1, 0], [0, 0, 3]], [0, 1, 2])
print(abs(cross_entropy(z, y, ignore: -1) - plain) < 1e-15)                       # expect: true
print(cross_entropy(z, y, ignore: -1, reduce: "none")[0, 1])                      # expect: 0
print(nll(log([[0.5, 0.5], [0.1, 0.9]]), [0, 7], ignore: 7) == log(2))            # expect: true
let w = [[1, 5], [1, 2]]
let rows = cross_entropy(z, y, ignore: -1, reduce: "none")
print(abs(cross_entropy(z, y, ignore: -1, weights: w) - (rows[0, 0] + rows[1, 0] + 2 * rows[1, 1]) / 4) < 1e-15)   # expect: true
print(all(grad(fn(u) = cross_entropy(u, [0, -1], ignore: -1))([[0, 0], [1, 9]])[1] == 0))   # expect: true
