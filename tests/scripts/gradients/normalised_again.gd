# Second derivatives of rows that are divided by a number of each row and weighted by column: x0 / |x| at (3, 4).
precision(f64)
let rows = [[3.0, 4], [6, 8]]
fn first(x) = sum(x * rsqrt(sum(x^2, axis: -1, keep: true)) * [1, 0])
print("{hvp(first, rows, [[1, 0], [0, 0]]):.5f}")                         # expect: [[-0.04608, 0.00256], [0.00000, 0.00000]]
print("{hvp(first, rows, [[1, 1], [0, 0]])[0]:.5f}")                      # expect: [-0.04352, 0.02464]
# the layer does it with a parameter of its own: a multiple of a row is the same row
fn layer(x) = sum(RMSNorm(2, eps: 0)(x) * [1, 2])
print(max(abs(sum(grad(layer)(rows) * rows, axis: -1))) < 1e-12)          # expect: true
print(max(abs(hvp(layer, rows, rows) + grad(layer)(rows))) < 1e-12)       # expect: true
# a stack of matrices times one matrix, of which a column is 0
fn stacked(x) = sum((where(x > 0, x^3, 0) @ [[1, 0], [1, 0]])^2) / 2
print(hvp(stacked, [[[1.0, -1]], [[2, 1]]], [[[1, 1]], [[1, 0]]]))        # expect ~ \[\[\[15, -?0\]\], \[\[252, 36\]\]\]
