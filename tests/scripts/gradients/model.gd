let net = Dense(2, 1)
assign(net.W, [[3], [4]])
let g = grad(fn(m) = sum(m([[1, 2]])))(net)
print(g.W, g.b)   # expect: [[1], [2]] [1]
