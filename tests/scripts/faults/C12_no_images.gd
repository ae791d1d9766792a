print(shape(conv2d(zeros(0, 1, 4, 4), zeros(1, 1, 1, 1), padding: 2)))                     # expect: (0, 1, 8, 8)
let y = conv2d(zeros(0, 1, 4, 4), zeros(1, 1, 1, 1), padding: 2147483648)                  # expect error: the result of `conv2d` is too large
