let x = reshape(arange(6), 2, 3)
print(shape(x), rank(x), size(x), len(x))         # expect: (2, 3) 2 6 2
print(reshape(x, 3, -1), flatten(ones(2, 3, 4)) |> shape)   # expect: [[0, 1], [2, 3], [4, 5]] (2, 12)
print(shape(permute(ones(2, 3, 4), 2, 0, 1)), shape(expand(ones(3), 2, 3)))  # expect: (4, 2, 3) (2, 3)
print(concat(x, x, axis: 1))                      # expect: [[0, 1, 2, 0, 1, 2], [3, 4, 5, 3, 4, 5]]
print(stack([1, 2], [3, 4]), stack([1, 2], [3, 4], axis: 1))   # expect: [[1, 2], [3, 4]] [[1, 3], [2, 4]]
print(chunk(arange(6), 3))                        # expect: ([0, 1], [2, 3], [4, 5])
print(flip(x, axis: 1), roll(arange(4), 1))       # expect: [[2, 1, 0], [5, 4, 3]] [3, 0, 1, 2]
print(tril(ones(2, 2)), triu(ones(2, 2)), diag([1, 2]), diag([[1, 2], [3, 4]]))   # expect: [[1, 0], [1, 1]] [[1, 1], [0, 1]] [[1, 0], [0, 2]] [1, 4]
