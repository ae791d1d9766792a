let a = reshape(arange(6), 2, 3)
print(a @ [1, 1, 1])               # expect: [3, 12]
print([1, 1] @ a)                  # expect: [3, 5, 7]
print([1, 2] @ [3, 4])             # expect: 11
print(shape(ones(5, 2, 3) @ ones(3, 4)), shape(ones(5, 2, 3) @ ones(5, 3, 4)))   # expect: (5, 2, 4) (5, 2, 4)
print(shape(ones(2, 3, 4)'))       # expect: (2, 4, 3)
