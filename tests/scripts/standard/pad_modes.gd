let x = [1, 2, 3]
print(pad(x, 2, mode: "reflect"), pad(x, 2, mode: "edge"), pad(x, 2, mode: "wrap"))   # expect: [3, 2, 1, 2, 3, 2, 1] [1, 1, 1, 2, 3, 3, 3] [2, 3, 1, 2, 3, 1, 2]
print(pad(x, 5, 0, mode: "reflect"), pad(x, 4, 0, mode: "wrap"))   # expect: [2, 1, 2, 3, 2, 1, 2, 3] [3, 1, 2, 3, 1, 2, 3]
print(pad([[1, 2], [3, 4]], 1, 0, 0, 1, mode: "edge"), pad([[1, 2]], 1, axis: 1, mode: "reflect"))   # expect: [[1, 2, 2], [1, 2, 2], [3, 4, 4]] [[2, 1, 2, 1]]
print(pad([7], 2, mode: "reflect"), pad(i32([7, 8]), 1, mode: "wrap"), pad(x, 1, mode: "constant", value: 9))   # expect: [7, 7, 7, 7, 7] [8, 7, 8, 7] [9, 1, 2, 3, 9]
print(grad(fn(v) = sum(pad(v, 1, mode: "reflect") * [1, 2, 3, 4, 5]))([0, 0, 0]))   # expect: [2, 9, 4]
print(pad(zeros(2, 0), 0, 0, 1, 1, mode: "edge"))   # expect error: axis 1 has no elements to pad from
