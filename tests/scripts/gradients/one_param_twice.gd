# A param or model given as two arguments: each has its own gradient. By a captured name it is the variable.
let w = param([1, 2, 3])
fn f(a, b) = sum(a * b * b)
print(grad(f, wrt: (0, 1))(w, w))               # expect: ([1, 4, 9], [2, 8, 18])
print(grad(f, wrt: (1, 0))(w, w), grad(f)(w, w), grad(f, wrt: 1)(w, w))   # expect: ([2, 8, 18], [1, 4, 9]) [1, 4, 9] [2, 8, 18]
print(value_and_grad(f, wrt: "b")(w, w))        # expect: (36, [2, 8, 18])
print(hessian(f, wrt: 1)(w, w), jacobian(f, wrt: (0, 1))(w, w))   # expect: [[2, 0, 0], [0, 4, 0], [0, 0, 6]] [1, 4, 9, 2, 8, 18]
print(grad(fn(v) = sum(v * grad(f)(v, v)))(w))  # expect: [3, 12, 27]
let net = Dense(2, 1, bias: false)
net.W = [[2], [3]]
print(grad(fn(a, b) = sum(a.W * b.W^2), wrt: (0, 1))(net, net))   # expect: ((W: [[4], [9]]), (W: [[8], [18]]))
print(grad(fn(a, b) = sum(a.W * b[0]^2))(net, (net.W, 1)))        # expect: (W: [[4], [9]])
print(grad(fn(r) = sum(r * w))(w), jvp(fn(r) = sum(r * w), w, w)) # expect: [2, 4, 6] 28
