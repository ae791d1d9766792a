# A function of one row, worked out for all: axes, trees, gradients inside and around.
print(vmap(fn(x) = sum(x^2))([[1, 2], [3, 4]]))                         # expect: [5, 25]
print(vmap(fn(x, y) = x * y, axes: (0, none))([1, 2], [3, 4]))           # expect: [[3, 4], [6, 8]]
print(vmap(fn(x) = x, axes: 1)([[1, 2, 3], [4, 5, 6]]))                  # expect: [[1, 4], [2, 5], [3, 6]]
print(vmap(fn(x) = x[-1], axes: -1)([[1, 2, 3], [4, 5, 6]]))             # expect: [4, 5, 6]
print(vmap(fn(t) = (sum: t.0 + t.1, name: "s", both: list(t.0, 2)))(([1, 2], [3, 4])))
# expect: (sum: [4, 6], name: "s", both: [[1, 2], [2, 2]])
print(vmap(vmap(fn(x, y) = x + y, axes: (none, 0)), axes: (0, none))([1, 2], [10, 20, 30]))
# expect: [[11, 21, 31], [12, 22, 32]]
print(vmap(grad(fn(x) = x[0]^2 * x[1]))([[1, 2], [3, 4]]))               # expect: [[4, 1], [24, 9]]
print(vmap(hessian(fn(x) = sum(x^3)))([[1, 2], [3, 4]]))
# expect: [[[6, 0], [0, 12]], [[18, 0], [0, 24]]]
print(grad(fn(w) = sum(vmap(fn(x) = w * x^2)([1, 2, 3])))(0.5))          # expect: 14
print(grad(fn(w) = grad(fn(v) = sum(vmap(fn(x) = x * v^3)([1, 2])))(w))(2))   # expect: 36
print(vmap(fn(x, i) = x[i])([[1, 2, 3], [4, 5, 6]], i32([2, -1])))       # expect: [3, 6]
print(vmap(fn(x, i) { x[i] = 0; x }, axes: (0, none))([[1, 2], [3, 4]], 1))    # expect: [[1, 0], [3, 0]]
print(vmap(fn(x) { let s = 0; for i in 0..2 { s = s + i * x[i] }; s })([[1, 2, 3], [4, 5, 6]]))   # expect: [8, 17]
print(vmap(fn(x) = sum(x))(zeros(0, 3)))                                 # expect: []
print(shape(vmap(fn(x) = x @ ones(3, 2))(zeros(0, 3))))                  # expect: (0, 2)
let twice = custom_gradient(fn(x) = round(x), fn(x, y, dy) = 3 * dy * x)
print(grad(fn(v) = sum(vmap(twice)(v)))([1, 2]))                         # expect: [3, 6]
print(round(100 * vmap(fn(a) = svd(a).1)([[[3, 0], [0, 4]], [[1, 0], [0, 2]]])))   # expect: [[400, 300], [200, 100]]
print(vmap(fn(a) = det(a))([[[3, 0], [0, 4]], [[1, 0], [0, 2]]]))        # expect: [12, 2]
print(vmap(fn(x) = x[i32([2, 0])])([[1, 2, 3], [4, 5, 6]]))              # expect: [[3, 1], [6, 4]]
print(vmap(fn(i) = [1, 2, 3][i])(i32([[2, 0], [1, 1]])))                 # expect: [[3, 1], [2, 2]]
print(vmap(grad(fn(x) = sum(x[i32([2, 2])]^2)))([[1, 2, 3], [4, 5, 6]]))   # expect: [[0, 0, 12], [0, 0, 24]]
print(vmap(grad(fn(x, i) = sum(x[i]^2)))([[1, 2, 3], [4, 5, 6]], i32([[0, 0], [2, -3]])))   # expect: [[4, 0, 0], [8, 0, 12]]
print(vmap(fn(d) = dict(both: d.a + d["b"], name: "s"))(dict(a: [1, 2], b: [3, 4])))   # expect: dict(both: [4, 6], name: "s")
