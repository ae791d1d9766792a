# What is impossible is never drawn, what is certain always.
print(all(categorical(zeros(500, 3) + [0, -inf, 0]) != 1), categorical([[0, inf, 5]]))   # expect: true [1]
print(abs(normal(3, std: 0)), bernoulli([0, 1]))   # expect: [0, 0, 0] [0, 1]
