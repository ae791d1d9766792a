# Uneven padding, "same", dilation, groups and the transposes; the numbers are those of PyTorch 1.13, and whole.
let x = reshape(arange(32), 1, 2, 4, 4)
let w = reshape(arange(36) % 5 - 2, 2, 2, 3, 3)
print(conv2d(x, w, stride: 2, padding: (2, 1, 0, 3))[0, 1])   # expect: [[10, 54, 0], [2, 32, 0], [0, -46, 0]]
print(all(conv2d(x, w, padding: ((2, 1), (0, 3))) == conv2d(pad(x, 0, 0, 0, 0, 2, 1, 0, 3), w)))   # expect: true
print(conv2d(x, w[:, :1], groups: 2, dilation: (1, 2), padding: (0, 1)))   # expect: [[[[6, 6], [6, 2]], [[-58, 28], [-66, 36]]]]
print(conv2d(x, w, padding: "same")[0, 0, :2])   # expect: [[33, -8, -7, -46], [-4, -25, -28, -55]]
print(all(conv2d(x, w, padding: "valid") == conv2d(x, w)))   # expect: true
print(shape(conv2d(x, w, stride: 3, padding: "same")), shape(conv2d(x, w[:, :, :2], padding: "same")))   # expect: (1, 2, 2, 2) (1, 2, 4, 4)
print(conv1d(reshape(arange(4), 1, 4, 1), ones(1, 1, 3), padding: (2, 0))[0, :, 0])   # expect: [0, 1, 3, 6]
let corner = x[:, :, :2, :2]
print(conv_transpose2d(corner, w, stride: 2, padding: 1, output_padding: 1)[0, 0])   # expect: [[0, 0, 2, 15], [4, -12, 3, -58], [8, -4, 10, 11], [-40, 21, -42, -16]]
print(conv_transpose2d(corner, w[:, :1], stride: (1, 2), groups: 2, dilation: (1, 2))[0, 1, 0])   # expect: [16, 0, 49, 0, 2, 0, -34]
print(conv_transpose1d(reshape(arange(6), 2, 3)'[none], reshape(arange(12) % 5 - 2, 2, 2, 3), stride: 2)[0]')   # expect: [[-3, 0, -3, -1, -5, -2, 5], [6, -6, 6, -6, 6, -6, -9]]
print(shape(conv_transpose2d(corner, w, stride: 3, padding: "same")))   # expect: (1, 2, 6, 6)
