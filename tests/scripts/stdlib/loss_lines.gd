# A quadratic along any line is one: its third differences are 0.
precision(f64)
seed(4)
let (net, to) = (Dense(3, 2), Dense(3, 2))
let (x, y) = (randn(20, 3), randn(20, 2))
fn f(net) = mse(net(x), y)
fn third(v) = v[3:] - 3 * v[2:-1] + 3 * v[1:-2] - v[:-3]
let line = loss_line(f, net, to: to, n: 9)
print(line.t[0], line.t[8], max(abs(third(line.loss))) < 1e-12)                          # expect: -0.5 1.5 true
print(abs(line.loss[2] - f(net)) < 1e-14, abs(line.loss[6] - f(to)) < 1e-14)             # expect: true true
let plane = loss_plane(f, net, to: (to, Dense(3, 2)), n: 5)
print(abs(plane.loss[2, 2] - f(net)) < 1e-14, abs(plane.loss[4, 2] - f(to)) < 1e-14)     # expect: true true
print(max(abs(third(loss_line(f, net, n: 9).loss))) < 1e-12)                             # expect: true
# A random direction leaves offsets where they are, and is as long as the weights are: at -1 and 1 of a sum of squares they are doubled on average.
let many = loss_line(fn(m) = sum(m.W^2), Dense(2000, 50), n: 3).loss
print(abs(many[0] / many[1] - 2) < 0.1, abs(many[2] / many[1] - 2) < 0.1)               # expect: true true
print(loss_line(f, net, to: Dense(3, 1)))                                                # expect error: W is [3, 2] in one net, [3, 1] in the other
# status: 1
