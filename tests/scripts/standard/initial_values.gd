seed(1)
let w = normal(200, 100, std: 0.5)
print(abs(std(w) - 0.5) < 0.02, shape(uniform(3, low: 2, high: 3)))          # expect: true (3,)
let u = uniform(1000, low: 2, high: 3)
print(min(u) >= 2, max(u) <= 3)                                              # expect: true true
print(abs(std(he_normal(400, 100)) - sqrt(2 / 400)) < 0.003)                  # expect: true
print(abs(std(xavier_normal(300, 100)) - sqrt(2 / 400)) < 0.003)              # expect: true
print(max(abs(he_uniform(100, 50))) <= sqrt(6 / 100), max(abs(xavier_uniform(100, 50))) <= sqrt(6 / 150))   # expect: true true
let q = orthogonal(4, 4)
print(max(abs(q' @ q - eye(4))) < 1e-5)                                       # expect: true
