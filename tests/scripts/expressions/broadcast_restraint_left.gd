let y = zeros(1, 3) + zeros(2, 1, 3)   # a legal one: the higher rank keeps its shape
print(shape(y))                        # expect: (2, 1, 3)
let z = zeros(4, 3) + zeros(2, 1, 3)   # expect error: [4, 3]
