# A range and a list of numbers are scanned as the tensors that they make.
print(scan(fn(s, x) = (s + x, s), 0, 1..5))   # expect: (15, [0, 1, 3, 6, 10])
print(scan(fn(s, x) = (s + x, s), 0, list(1, 2, 3)))   # expect: (6, [0, 1, 3])
print(scan(fn(s, x) = (s + x, s), 0, dataset([1], [2])))   # expect error: this is a dataset
# expect stderr: (d.x, d.y)
