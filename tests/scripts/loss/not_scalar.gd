loss wrong(p, y) = (p - y)^2   # expect error: wrong
print(wrong([1, 2], [3, 4]))
