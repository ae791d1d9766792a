# What the help for words from elsewhere says runs as it is written.
# options: --quiet
seed(1)
let (x, b, n, m) = (rand(2, 3), rand(2, 3), 3, eye(2) + ones(2, 2))
let all_shapes = [shape(rand(shape(x))), shape(randn(shape(x))), shape(randint(0, 9, shape(x))), shape(full(shape(x), value: 2))]
print(all_shapes == [(2, 3) for i in 1..4])                                    # expect: true
print(shape(concat(x, b, axis: 1)), shape(concat(x, b)), shape(stack(x[0], b[0])), shape(stack(x[0], b[0], axis: 1)))   # expect: (2, 6) (4, 3) (2, 3) (3, 2)
print(quantile(x, 0.9) < 1, sum(x != 0), len(x[0][1:] - x[0][:-1]))             # expect: true 6 2
print(shape(x @ b'), shape(einsum("ij,jk->ik", x, b')), shape(eigh(m)[0]), shape(lstsq(m, x)))   # expect: (2, 2) (2, 2) (2,) (2, 3)
print(shape(einsum("ni,oij,nj->no", x, rand(4, 3, 3), b)))                      # expect: (2, 4)
print(all(abs(x - x) < 1e-6), all(x == x), x[0, 0] in list(1, 2))               # expect: true true false
print(any(x > 0.5 and b > 2), any(x > 2 or b > 2), all(not (x > 2)))            # expect: false false true
print(shape(norm(x[:, none] - b[none], axis: -1)), shape(norm(x - b, axis: -1)))   # expect: (2, 2) (2,)
print(shape(1 - cosine_loss(x, b, reduce: "none")), shape(x / norm(x, axis: -1, keep: true)))   # expect: (2,) (2, 3)
let (left, right) = chunk(rand(2, 4), 2, axis: -1)
print(shape(left * sigmoid(right)), shape(clamp(x, 0, 6)), shape(x * hardsigmoid(x)))   # expect: (2, 2) (2, 3) (2, 3)
let (logits, temperature, slope) = (x, 0.5, param(0.1))
print(shape(softmax((logits - log(-log(rand(shape(logits))))) / temperature)), shape(leaky_relu(x, slope)))   # expect: (2, 3) (2, 3)
print(shape(normal(2, 3, std: 1 / sqrt(2))), shape(clamp(normal(3, 4, std: 0.02), -0.04, 0.04)))   # expect: (2, 3) (3, 4)
print(shape(chain(Conv2d(3, 3, 3, groups: 3), Conv2d(3, 8, 1))(rand(1, 3, 5, 5))), shape(LSTM(3, 8, both: true)(rand(1, 2, 3))))   # expect: (1, 8, 3, 3) (1, 2, 16)
print(shape(chain(Dense(3, 8), fn(x) = 2 * x)(x)), all(where(isnan(x), 0, x) == x))   # expect: (2, 8) true
let w = param(1)
for rate in list(fn(t) = 0.1 / (1 + t), fn(t) = 0.1 * 0.99^t, cosine(1e-3, steps: 1000)) { train w { loss: w^2; optimizer: Adam(lr: rate); steps: 2 } }
train w on v in dataset(ones(16)) { loss: mean(v * w^2); optimizer: AdamW(lr: 1e-3, weight_decay: 0.01); batch: 2; epochs: 4; accumulate: 4; clip: (norm: 1); average: swa(from: 0.75) }
print(w < 1)                                                                    # expect: true
let (margin, variance, y) = (1, x + 1, b)
print(mean(relu(margin - y * (x - b))) > 0, mean(0.5 * (log(variance) + (y - x)^2 / variance)) > 0, mean(softplus(-y * x)) > 0)   # expect: true true true
print(mean(x[not isnan(x)]) == mean(x), max(x) - min(x) > 0, all(x % y < 1), shape(x[:, [2, 0]]))                # expect: true true true (2, 2)
