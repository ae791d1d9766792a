let y = max_pool2d(ones(1, 1, 4, 4), 5)   # expect error: the window of `max_pool2d` is larger than the image
