# A bracket or comprehension of tensors that stands directly in concat or stack is its items, as in other libraries.
let x = ones(3, 4)
print(shape(concat([x, x])), shape(concat([x, x], axis: 1)), shape([x, x] |> concat(axis: 1)))   # expect: (6, 4) (3, 8) (3, 8)
print(shape(concat([x for i in 1..5])), shape(concat([x])), shape(stack([x, x])))                # expect: (15, 4) (3, 4) (2, 3, 4)
print(concat([[1, 2], [3]]), concat([1, 2]))                                                     # expect: [1, 2, 3] [1, 2]
print(grad(fn(w) = sum(concat([w, 2 * w])^2))([1, 2]))                                           # expect: [10, 20]
let pair = [x, x]
print(shape(concat(pair)), shape(concat(x, x)))                                                  # expect: (2, 3, 4) (6, 4)
