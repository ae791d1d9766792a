let net = chain(Dense(4, 8), relu, Dense(8, 1))
print(count(net), shape(net(zeros(5, 4))))   # expect: 49 (5, 1)
let double = chain(fn(x) = x * 2, fn(x) = x + 1)
print(double([1, 2]))                         # expect: [3, 5]
