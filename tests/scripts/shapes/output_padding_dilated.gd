# As far as the dilation the result may reach beyond the last window: there is what the padding cut off, then the offset.
let (x, w, b) = (randn(2, 3, 4, 5), randn(3, 2, 3, 2), [10, 20])
let more = fn(padding, extra) = conv_transpose2d(x, w, b, stride: 2, dilation: 4, padding: padding, output_padding: extra)
let whole = more(0, 0)
let y = more((0, 2, 1, 2), 3)
print(shape(whole), shape(y))                                  # expect: (2, 2, 15, 13) (2, 2, 16, 13)
print(all(y[:, :, 0:15, 0:12] == whole[:, :, :, 1:]))          # expect: true
print(all(y[:, :, 15] == b[:, none]), all(y[:, :, :, 12] == b[:, none]))   # expect: true true
let of = fn(extra) = grad(fn(w) = sum((conv_transpose1d(x[0], w, dilation: 3, output_padding: extra))^2))(randn(5, 2, 4))
print(shape(of(2)))                                            # expect: (5, 2, 4)
print(shape(conv_transpose1d(ones(1, 4, 2), ones(2, 3, 3), dilation: 2, output_padding: 1)))   # expect: (1, 9, 3)
