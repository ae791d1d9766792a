print(segment_sum([1, 2], [0, 0], 1))   # expect error: `scatter_add(zeros(n, d), index, values)`: row k is the sum
