precision(f64)
let y = LayerNorm(3)([[1, 2, 6], [0, 0, 3]])
print("{mean(y, axis: 1):.6f} {var(y, axis: 1):.3f}")   # expect ~ \[-?0\.000000, -?0\.000000\] \[1\.000, 1\.000\]
