let net = fn(x) = stack(x[:, 0] * x[:, 1], x[:, 1]^2, axis: 1)
print(saliency(net, [[3, 2], [1, 4]]))                       # expect: [[2, 3], [0, 8]]
print(saliency(net, [[3, 2], [1, 4]], output: [1, 0]))       # expect: [[0, 4], [4, 1]]
print(saliency(fn(x) = sum(x^3, axis: 1), [[1, 2]]))         # expect: [[3, 12]]
print(saliency(fn(x) = x @ [[1], [2]], i32([[5, 6]])))       # expect: [[1, 2]]
print(saliency(net, [[3, 2]], output: 2))                    # expect error: the outputs have the numbers from 0 to 1
# status: 1
