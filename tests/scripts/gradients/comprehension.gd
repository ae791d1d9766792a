# The gradient goes through a comprehension.
print(grad(fn(w) = sum([w * k for k in [1, 2, 3]]))(2))                             # expect: 6
print(grad(fn(w) = sum([w[i] * w[i + 1] for i in 0..1]))([1, 2, 3]))                # expect: [2, 4, 2]
print(grad(fn(w) = sum([sum([w * i * j for j in 1..2]) for i in 1..3 if i != 2]))(1))    # expect: 12
print(hessian(fn(w) = sum([v^3 for v in w]))([1, 2]))                               # expect: [[6, 0], [0, 12]]
