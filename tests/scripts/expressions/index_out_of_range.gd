let v = [1, 2, 3]
print(v[3])   # expect error: 3
