print(dtype([1]), dtype(i32([1]) / 2), dtype(u8([1]) + u8([1])), dtype(bf16([1]) + i32([1])), dtype(f64([1]) * 0.1))   # expect: f32 f32 i32 bf16 f64
print(dtype(2), dtype(true), dtype([true]), dtype(param(5) * 0.1), dtype(argmax([1, 2])))   # expect: f64 bool bool f32 i32
print(dtype("a"))   # expect error: a tensor is expected here, this is a string
