# The shape and dtype of another tensor; coordinates as rows of a picture, or in the order given.
print(zeros_like(i32([[1, 2]])), ones_like([true, false]), zeros_like(3))   # expect: [[0, 0]] [true, true] 0
print(shape(ones_like(zeros(0, 3))))                        # expect: (0, 3)
let (x, y) = meshgrid([1, 2, 3], [10, 20])
print(x, y)            # expect: [[1, 2, 3], [1, 2, 3]] [[10, 10, 10], [20, 20, 20]]
print(meshgrid([1, 2], i32([3]), indexing: "ij").1, shape(meshgrid([1, 2], [3, 4, 5], zeros(4)).2))   # expect: [[3], [3]] (3, 2, 4)
meshgrid([1, 2], [[3]])   # expect error: `meshgrid` needs vectors, not the shape [1, 1]
