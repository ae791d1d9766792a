seed(1)
let m = moons(100, noise: 0.1)
print(shape(m.x), shape(m.y), min(m.y), max(m.y))            # expect: (100, 2) (100,) 0 1
print(shape(spirals(60).x), shape(blobs(30).x)[0], len(line_data(50)))   # expect: (60, 2) 30 50
let d = digits(20)
print(len(d), size(d.x) / 20, min(d.x) >= 0, max(d.x) <= 1)  # expect: 20 784 true true
seed(1)
print(all(moons(100, noise: 0.1).x == m.x))                  # expect: true
let r = rings(90, classes: 3, noise: 0)
print(norm(sqrt(sum(r.x^2, axis: 1)) - r.y - 1) < 0.001, bincount(r.y))   # expect: true [30, 30, 30]
