# The forms that stand for them.
let (n, c, d, h, w, r, k) = (2, 3, 4, 6, 8, 2, 3)
let e = Embedding(10, 4)
print(shape(mean(e(randint(0, 10, n, 5)), axis: 1)))   # expect: (2, 4)
let x = randn(n, c, d, h, w)
print(shape(Conv2d(k * c, 5, 3)(concat([x[:, :, i] for i in 0..k - 1], axis: 1))))   # expect: (2, 5, 4, 6)
let y = MaxPool2d(2)(reshape(x, n, c * d, h, w))
let pooled = max(reshape(y, n, c, d / 2, 2, h / 2, w / 2), axis: 3)
print(shape(pooled), pooled[0, 0, 0, 0, 0] == max(x[0, 0, 0:2, 0:2, 0:2]))   # expect: (2, 3, 2, 3, 4) true
let a = 2 * pi / 8 * (arange(8)[:, none] * arange(8)[none, :])
let wave = cos(2 * pi / 8 * arange(8)) + sin(4 * pi / 8 * arange(8))
print(round(cos(a) @ wave), round(-sin(a) @ wave))   # expect ~ \[-?0, 4, -?0, -?0, -?0, -?0, -?0, 4\] \[-?0, -?0, -4, -?0, -?0, -?0, 4, -?0\]
let m = [[3.0, 1], [1, 2]]
print("{svd(m / svd(m).1[0]).1[0]:.4f} {norm([2, 5] * (m / norm(m, axis: 0, keep: true)), axis: 0):.4f}")   # expect: 1.0000 [2.0000, 5.0000]
let z = reshape(arange(8), 1, 4, 1, 2)
let shuffled = reshape(permute(reshape(z, 1, 1, r, r, 1, 2), 0, 1, 4, 2, 5, 3), 1, 1, 1 * r, 2 * r)
print(shuffled[0, 0])   # expect: [[0, 2, 1, 3], [4, 6, 5, 7]]
print(all(reshape(permute(reshape(shuffled, 1, 1, 1, r, 2, r), 0, 1, 3, 5, 2, 4), 1, 1 * r * r, 1, 2) == z))   # expect: true
let (index, values) = ([0, 2, 0], [3, 1, 5])
print(max(where(arange(k)[:, none] == index[none, :], values[none, :], -inf), axis: 1))   # expect: [5, -inf, 1]
print(scatter_add(zeros(k), index, values) / maximum(bincount(index, least: k), 1))   # expect: [4, 0, 1]
print(shape(reshape(z, 1, 4, -1)[:, :, [[0, 1], [1, 0]]]), sum([0.5, 2.5, 9][:, none] > [1, 2, 3][none, :], axis: 1))   # expect: (1, 4, 2, 2) [0, 2, 3]
let dropped = ones(20, 5, 2, 2) * Dropout(0.5)(ones(20, 5, 1, 1))
print(shape(dropped), all(isfinite(-log(-log(rand(shape(dropped)) + 1e-6)))))   # expect: (20, 5, 2, 2) true
