let v = [1, 2, 3]
print(v[[0, 7]])   # expect error: 7
