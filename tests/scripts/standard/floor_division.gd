print(idiv(7, 2), idiv(i32([7, -7, 7, -7]), i32([2, 2, -2, -2])), idiv(-5.5, 2))   # expect: 3 [3, -4, -4, 3] -3
print(idiv(1, 0), idiv([5, -5], inf), idiv(u8([200]), 3))   # expect: inf [0, -1] [66]
precision(f64)
let a = 10 * sin(arange(50))
print(max(abs(idiv(a, 0.7) * 0.7 + a % 0.7 - a)) < 1e-12)   # expect: true
print(idiv(i32([4, -2147483648]), i32([2, -1])))   # expect error: idiv(-2147483648, -1) does not fit in i32
