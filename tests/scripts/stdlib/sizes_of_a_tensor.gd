# A rank-0 tensor may stand wherever a number may: sizes, channels, groups and strides of every layer.
fn given(f) = list(shape(f)...)
for k in [2] {
  let (x, s) = (zeros(1, 4, 6, 6), zeros(1, 6, 4))
  let (c, p) = (2 * k, k - 1)
  print(given(Conv2d(c, c, k, stride: k, padding: p, dilation: k, groups: k)(x)), given(Conv1d(c, c, k, stride: k, padding: (k, 0), groups: k)(s)))   # expect: [1, 4, 3, 3] [1, 4, 4]
  print(given(ConvTranspose2d(c, c, (k, k), stride: k, padding: p, output_padding: p)(x)), given(ConvTranspose1d(c, c, k, stride: k)(s)))   # expect: [1, 4, 11, 11] [1, 12, 4]
  print(given(Upsample(k)(x)), given(Upsample((1, k), mode: "bilinear")(x)), given(AdaptivePool2d(k)(x)), given(AdaptivePool2d((k, c), mode: "max")(x)))   # expect: [1, 4, 12, 12] [1, 4, 6, 12] [1, 4, 2, 2] [1, 4, 2, 4]
  print(given(GroupNorm(k, c)(x)), given(InstanceNorm(c)(s)), given(LayerNorm(c)(s)), given(MaxPool1d(k, padding: p)(s)), given(random_crop(x, k)))   # expect: [1, 4, 6, 6] [1, 6, 4] [1, 6, 4] [1, 4, 4] [1, 4, 2, 2]
  print("{ctc(zeros(1, 2, 2), [[1]], blank: k - 2):.4f}")   # expect: 0.2877
}
print([count(Conv1d(100, 64, k)) for k in [3, 4, 5]])   # expect: [19264, 25664, 32064]
Conv1d(1, 1, [2.5][0])   # expect error: Conv1d: the size is one whole number of at least 1, not 2.5
