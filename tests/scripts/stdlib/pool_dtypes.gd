# What enlarges and pools images computes in the dtype of the images.
let x = f64(randn(1, 2, 7, 7))
print(max(abs(AdaptivePool2d(3)(x)[:, :, 0, 0] - mean(x[:, :, 0:3, 0:3], axis: (2, 3)))) < 1e-15, max(abs(Upsample((2, 3), mode: "bilinear")(x) - resize(x, 14, 21))) == 0)   # expect: true true
for layer in [AdaptivePool2d(3), AdaptivePool2d(7), Upsample(2, mode: "bilinear"), Upsample(2)] { print(dtype(layer(x)), dtype(layer(f32(x))), dtype(layer(bf16(x)))) }
# expect: f64 f32 bf16
# expect: f64 f32 bf16
# expect: f64 f32 bf16
# expect: f64 f32 bf16
print(dtype(AdaptivePool2d(2)(i32(zeros(1, 1, 3, 3)))))   # expect: f32
