# p * x, of which an infinite x counts nothing where p is 0.  NaN stays, and so does the product of what is not 0.
print(portion([0, 0, 0.5, 0], [inf, -inf, inf, nan]))              # expect: [0, 0, inf, nan]
print(portion([2, -3], 4), portion(0, log([0, 1])))                # expect: [8, -12] [0, 0]
let entropy = fn(p) = -sum(portion(p, log(p)))
print("{entropy([0.5, 0.5, 0]):.4f}")                              # expect: 0.6931
print(grad(fn(x) = sum(portion([0, 2], x)))([-inf, 1]))            # expect: [0, 2]
print(grad(fn(p) = sum(portion(p, [3, -inf])))([0, 0]))            # expect: [3, -inf]
let spread = fn(z) = -sum(portion(softmax(z), log_softmax(z)))     # of logits with a class that cannot be
print(spread([0, 0, -inf]) == entropy([0.5, 0.5]), grad(spread)([0, 0, -inf]))   # expect: true [0, 0, 0]
