# The user's line that made the layer comes first.
let net = chain(
  Conv2d(3, 8, 3, padding: 1),
  relu,
  Conv2d(4, 8, 3))                                  # expect error: `x` of `forward` is declared [N, inputs, H, W], f32[1, 8, 6, 6] is given
print(net(ones(1, 3, 6, 6)))
