# NaN wins in max, min and their places; in an order it is greater than any number, so topk begins with it.
print(max([1, nan, 3]), min([1, nan, 3]), argmax([1, nan, 3]), argmin([1, nan, 3]))   # expect: nan nan 1 1
print(sort([1, nan, 3]), sort([1, nan, 3], descending: true))                         # expect: [1, 3, nan] [nan, 3, 1]
print(topk([1, nan, 3], 2), topk([1, nan, inf, nan], 3).1)                            # expect: ([nan, 3], [1, 2]) [1, 3, 2]
print(argsort([[nan, 1], [0, nan]], axis: 0, descending: true))                       # expect: [[0, 1], [1, 0]]
