# To the operations on tensors a subnormal number of the dtype is 0.
let x = [1e-40, 2, -1e-40]
print(nonzero(x), any(x[0:1]), x == 0, bool(x))   # expect: [1] false [true, false, true] [false, true, false]
print(nonzero(f64(x)), nonzero(f64([1e-40, 0, 1e-310])), nonzero(i32([0, -1])))   # expect: [1] [0] [1]
