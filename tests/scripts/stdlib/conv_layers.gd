# Each layer is its function with a kernel and a bias of its own; sequences have their channels last.
fn near(a, b) = all(abs(a - b) <= 1e-5)
let (x, s) = (sin(reshape(arange(72), 1, 2, 6, 6)), cos(reshape(arange(20), 1, 5, 4)))
let c = Conv2d(2, 4, (3, 2), stride: (1, 2), padding: (0, 1, 2, 1), groups: 2)
print(shape(c.kernel), near(c(x), conv2d(x, c.kernel, c.b, stride: (1, 2), padding: (0, 1, 2, 1), groups: 2)))   # expect: (4, 1, 3, 2) true
let t = ConvTranspose2d(2, 4, 3, stride: 2, padding: 1, output_padding: 1, groups: 2)
print(shape(t.kernel), shape(t(x)), near(t(x), conv_transpose2d(x, t.kernel, stride: 2, padding: 1, output_padding: 1, groups: 2)))   # expect: (2, 2, 3, 3) (1, 4, 12, 12) true
let a = Conv1d(4, 6, 3, dilation: 2, padding: "same", groups: 2)
print(shape(a.kernel), near(a(s), conv1d(s, a.kernel, padding: 2, dilation: 2, groups: 2)))   # expect: (6, 2, 3) true
let b = ConvTranspose1d(4, 2, 4, stride: 2, padding: 1)
print(shape(b(s)), near(b(s), conv_transpose1d(s, b.kernel, stride: 2, padding: 1)))   # expect: (1, 10, 2) true
print(near(MaxPool1d(2, stride: 1)(s), maximum(s[:, :4], s[:, 1:])), shape(MaxPool1d(3, padding: (1, 0))(s)))   # expect: true (1, 2, 4)
print(near(AvgPool1d(2, padding: "same", stride: 1, count_padding: false)(s)[:, 4], s[:, 4]))   # expect: true
print(count(Conv2d(3, 8, 3, bias: false)), count(Conv1d(4, 4, 5, groups: 4)))   # expect: 216 24
# The variance of what comes out is near that of what goes in, whichever way.
let big = normal(4, 16, 32, 32)
fn keeps(y) = var(y) / 2 > 0.8 and var(y) / 2 < 1.25
print(keeps(Conv2d(16, 32, 3)(big)), keeps(ConvTranspose2d(16, 32, 4, stride: 2, padding: 1)(big)))   # expect: true true
