let x = reshape(arange(9), 1, 1, 3, 3)
print(conv2d(x, ones(1, 1, 2, 2)))                          # expect: [[[[8, 12], [20, 24]]]]
print(shape(conv2d(ones(2, 3, 8, 8), ones(4, 3, 3, 3), stride: 2, padding: 1)))   # expect: (2, 4, 4, 4)
print(max_pool2d(x, 2, stride: 1), avg_pool2d(x, 2, stride: 1))   # expect: [[[[4, 5], [7, 8]]]] [[[[2, 3], [5, 6]]]]
