let sizes = map(fn(b) = len(b.0), batches(dataset(arange(5), arange(5)), 2))
print(sizes[0], sizes[1], sizes[2])   # expect: 2 2 1
