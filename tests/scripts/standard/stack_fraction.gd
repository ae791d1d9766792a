# A fraction beside elements of a whole dtype makes floats, as in a bracket; a whole number keeps the dtype.
let y = i32([3])
print(stack(y[0], 0.5), stack(0.5, y[0]), stack(u8([3])[0], 2.7), stack([true][0], 0.5))   # expect: [3, 0.5] [0.5, 3] [3, 2.7] [1, 0.5]
print(stack(u8([1])[0], -1), dtype(stack(y[0], 3)), dtype(stack(u8([1])[0], 2)), stack(true, false))   # expect: [1, -1] i32 u8 [true, false]
print("{[1, 2][0] > 0:>6}|{[true, false]:>6}|{[true]:d}")   # expect:   true|[  true,  false]|[1]
