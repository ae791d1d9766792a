# A whole power of whole numbers is i32, exact or an error, however the exponent is held; to a negative number it is a float.
let a = i32([1001, -2])
print(a^3, a^i32([3]), a^i32(3), a^u8([3, 1]))        # expect: [1003003001, -8] [1003003001, -8] [1003003001, -8] [1003003001, -2]
print(dtype(a^0), a^0, dtype(u8([2])^true), u8([2])^u8([30]), i32([1, -1, 0])^200)   # expect: i32 [1, 1] i32 [1073741824] [1, 1, 0]
print(i32([-2])^31, i32([46340])^2, i32([0])^i32([0]))   # expect: [-2147483648] [2147395600] [1]
for n in list(31, 32, 64) { print(attempt(fn() = i32([2])^n).error, "|", attempt(fn() = u8([2])^i32(n)).error) }
# expect: 2 ^ 31 does not fit in i32 | 2 ^ 31 does not fit in i32
# expect: 2 ^ 32 does not fit in i32 | 2 ^ 32 does not fit in i32
# expect: 2 ^ 64 does not fit in i32 | 2 ^ 64 does not fit in i32
print(attempt(fn() = i32([2])^200).error, "|", attempt(fn() = a^i32([-1])).error)   # expect: 2 ^ 200 does not fit in i32 | 1001 ^ -1: a negative power is no whole number, f32(x) ^ n gives a fraction
print(a^-2 < 1, 2^i32([-1, 3]), i32([4])^0.5, a^[2, 1])   # expect: [true, true] [0.5, 8] [2] [1.002e6, -2]
