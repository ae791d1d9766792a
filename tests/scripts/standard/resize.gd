precision(f64)
let x = [[1, 2], [3, 4]]
print(resize(x, 2, 4), resize(x, 4, 1))       # expect: [[1, 1.25, 1.75, 2], [3, 3.25, 3.75, 4]] [[1.5], [2], [3], [3.5]]
print(resize(x, 3, 3, mode: "nearest"), resize(u8(x), 1, 2, mode: "nearest"))   # expect: [[1, 1, 2], [1, 1, 2], [3, 3, 4]] [[1, 2]]
print("{resize(x, 2, 3, mode: "bicubic"):.4f}")   # expect: [[0.9132, 1.5000, 2.0868], [2.9132, 3.5000, 4.0868]]
print(shape(resize(zeros(2, 3, 5, 7), 10, 4)), shape(resize(zeros(0, 2, 2), 3, 3)), resize(x, 2, 2, mode: "bicubic"))   # expect: (2, 3, 10, 4) (0, 3, 3) [[1, 2], [3, 4]]
for m in ["nearest", "bilinear", "bicubic"] { print(check_gradient(fn(v) = sum(sin(resize(v, 3, 5, mode: m))), x)) }
# expect: true
# expect: true
# expect: true
print(resize([1, 2], 2, 2))   # expect error: `resize` needs images [.., H, W], not the shape [2]
