# A scan for each of several rows, and its gradient.
let xs = [[1, 2, 3], [0.5, -1, 2]]
fn run(w, xs) = scan(fn(s, x) = (tanh(w * s + x), s), 0.1, xs).1
let all = vmap(run, axes: (none, 0))(0.5, xs)
print(max(abs(all[1] - run(0.5, xs[1]))) < 1e-6)                   # expect: true
let each = vmap(grad(fn(w, xs) = sum(run(w, xs))), axes: (none, 0))(0.5, xs)
print(max(abs(each - [grad(fn(w) = sum(run(w, xs[0])))(0.5), grad(fn(w) = sum(run(w, xs[1])))(0.5)])) < 1e-6)   # expect: true
