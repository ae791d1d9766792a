model A() { param W: f64 = f64(ones(2)); buffer n: i32 = i32([1]) }
print(shape(A().W))                                # expect: (2,)
model B() { param W: f64[2] = ones(2) }
let refused = attempt(fn() = B())
print(starts_with(refused.error, "`W` is declared f64, its value makes it f32"))   # expect: true
model C() { param s: bf16 = 1 }                    # expect error: `s` is declared bf16, its value makes it f32
let c = C()
