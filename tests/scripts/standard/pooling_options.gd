# Windows over padding, counted or not, and rows [N, C, T]; the numbers are those of PyTorch 1.13.
let x = reshape(arange(16), 1, 1, 4, 4)
print(max_pool2d(x, 3, stride: 2, padding: 1), max_pool2d(1 - x, 2, stride: 3, padding: (0, 1)))   # expect: [[[[5, 7], [13, 15]]]] [[[[1, -1]]]]
print(avg_pool2d(x, 3, stride: 2, padding: 1, count_padding: false))   # expect: [[[[2.5, 4], [8.5, 10]]]]
print(avg_pool2d(9 * x, 3, stride: 2, padding: 1))   # expect: [[[[10, 24], [51, 90]]]]
print(avg_pool2d(x, (1, 4), padding: "same", stride: 1, count_padding: false)[0, 0, 0])   # expect: [1, 1.5, 2, 2.5]
print(max_pool1d([[1, 4, 2, 3, 9]][:, :, none], 2)[:, :, 0], avg_pool1d([[1, 4, 2, 4, 9]][:, :, none], 3, stride: 1, padding: (1, 0))[:, :, 0])   # expect: [[4, 3]] [[1.66667, 2.33333, 3.33333, 5]]
print(max_pool1d([[[-1, 5], [-2, 6], [-3, 4]]], 2, stride: 1, padding: "same"))   # expect: [[[-1, 6], [-2, 6], [-3, 4]]]
