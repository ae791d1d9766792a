let y = avg_pool1d(ones(1, 4, 1), 2, padding: (0, 2))   # expect error: the padding of `avg_pool1d` is at most half its window
