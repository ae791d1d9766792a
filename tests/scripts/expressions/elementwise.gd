print([1, 5] > 3, [1, 2] == [1, 3])               # expect: [false, true] [true, false]
print([true, false] and [true, true])             # expect: [true, false]
print(not [true, false], [1, 2] != 2)             # expect: [false, true] [true, false]
print([true, false] or [false, false])            # expect: [true, false]
