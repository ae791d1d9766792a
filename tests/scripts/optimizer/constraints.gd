# proximal steps, projections, and the augmented Lagrangian
precision(f64)
fn near(a, b) = number(max(abs(a - b))) < 1e-6
let p = [[3, 4], [0.3, 0.4]]
print(near(sparse(0.5)(p, 1), [[2.5, 3.5], [0, 0]]), near(sparse_rows(1)(p, 0.5), [[2.7, 3.6], [0, 0]]))      # expect: true true
print(near(low_rank(1)(diag([3, 0.5]), 1), diag([2, 0])), near(onto_ball(2.5)(p[0], 1), [1.5, 2]), near(onto_box(0, 1)(p, 1), [[1, 1], [0.3, 0.4]]))   # expect: true true true
print(near(onto_simplex()([[1, 1, -5], [0.2, 0.3, 0.5], [3, 0, 0]], 1), [[0.5, 0.5, 0], [0.2, 0.3, 0.5], [1, 0, 0]]))   # expect: true
let w = param([5, -5])
train w { loss: sum((w - [2, 3])^2); optimizer: Proximal(GD(lr: 0.1), onto_ball(1)); steps: 200; quiet: true }
print(near(w, [2, 3] / sqrt(13)))                       # expect: true

# Nocedal and Wright's example 12.1 and 12.2: x + y on the circle x^2 + y^2 = 2, then within it and above y = -0.5
let x = param([0.5, -1.5])
let r = augmented_lagrangian(x, fn() = sum(x), equal: fn() = sum(x^2) - 2)
print(near(x, [-1, -1]), near(r.equal, 0.5), r.violation < 1e-8)      # expect: true true true
let q = augmented_lagrangian(x, fn() = sum(x), below: fn() = stack(sum(x^2) - 2, -0.5 - x[1], x[0] - 9))
print(near(x, [-sqrt(1.75), -0.5]), near(q.below[2], 0), q.below[0] > 0.3 and q.below[1] > 0.3)   # expect: true true true
print(attempt(fn() = augmented_lagrangian(x, fn() = sum(x))).error)   # expect ~ augmented_lagrangian needs .*
