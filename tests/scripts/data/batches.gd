for (x, y) in batches(dataset(arange(5), arange(5)), 2) { print(len(x), y) }
# expect: 2 [0, 1]
# expect: 2 [2, 3]
# expect: 1 [4]
