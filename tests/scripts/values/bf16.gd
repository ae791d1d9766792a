# bf16 stores 8 bits of precision with the range of f32: rounded to the nearest, ties to even; computed with as f32, rounded once.
# args: {tmp}
let x = bf16([0.1, 256, 257, 259, -3.14159])
print(x, bf16(1.00390625), bf16(1.01171875))      # expect: [0.100098, 256, 256, 260, -3.14062] 1 1.01562
print(x + x, 2 * x[3], x[1] + 1)                  # expect: [0.200195, 512, 512, 520, -6.28125] 520 256
print(x + f32([1, 1, 1, 1, 1]), i32([1, 2]) + bf16([0.5, 0.25]))   # expect: [1.1001, 257, 257, 261, -2.14062] [1.5, 2.25]
print(sum(x), argmax(x), sort(x), x[0] == 0.1, x[0] == bf16(0.1))  # expect: 768 3 [-3.14062, 0.100098, 256, 256, 260] false true
let W = bf16([[1, 2], [3, 4.5]])
print(W @ W, W', W @ f32([0.001, 0]))             # expect: [[7, 11], [16.5, 26.25]] [[1, 3], [2, 4.5]] [0.001, 0.003]
W[0] = 0.3
W[i32([1, 1]), i32([0, 1])] = [7, 8.01]
print(W, concat(W, W[1:]), W[i32([1, 0]), 0], W[W > 1])   # expect: [[0.300781, 0.300781], [7, 8]] [[0.300781, 0.300781], [7, 8], [7, 8]] [7, 0.300781] [7, 8]
print(f64(x[0]), i32(x), bool(x[0]), where(x > 200, x, 0), type(x))   # expect: 0.100098 [0, 256, 256, 260, -3] true [0, 256, 256, 260, 0] tensor
fn f(y: bf16[N]) -> [N] = y * y
print(f(x[1:3]), grad(fn(y) = sum(y^3))(bf16([1, 2.01])), attempt(fn() = f(f32(x))).ok)   # expect: [65536, 65536] [3, 12.1882] false
print(attempt(fn() = bf16(3.4e38)).error)         # expect: 3.4e38 does not fit in bf16
let kept = bf16([[0.1, 256], [-3, 1e30]])         # an .npy holds it as ml_dtypes does for NumPy, two bytes of no type
save(kept, "{args[0]}/x.npy")
print(npy("{args[0]}/x.npy") == kept, npy("{args[0]}/x.npy") + bf16(1))   # expect: [[true, true], [true, true]] [[1.10156, 256], [-2, 1.00026e30]]
let i = bf16([1, 200])                            # whole values are indices
let y = arange(20000)
y[i] = 7
print(y[i], y[0], y[128], attempt(fn() = y[bf16([1.5])]).error, shape(Embedding(201, 2)(i)))   # expect: [7, 7] 0 128 an index or a label must be a whole number, element 0 is 1.5 (2, 2)
precision(bf16)                                   # expect error: the default float is f32 or f64: bf16 is only for storage
