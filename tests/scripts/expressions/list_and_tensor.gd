# A list and a tensor compare item by item, to one bool.
print(list(0.1, 0.2) == [0.1, 0.2], [1, 2] == list(1, 2), list(1, 2) != [1, 3])        # expect: true true true
print(list(1, 2) == [1, 2, 3], list(1, "a") == [1, 2], [] == zeros(0))                 # expect: false false true
print(list([1, 2], [3, 4]) == [[1, 2], [3, 4]], list(list(1, 2), list(3, 4)) == [[1, 2], [3, 4]])   # expect: true true
print([1, 2] in [[1, 2], [3, 4]], list(3, 4) in [[1, 2], [3, 4]], [1, 4] in [[1, 2], [3, 4]])       # expect: true true false
print((1, 2) == [1, 2], "a" == ["a"], list(none) == [1])                               # expect: false false false
