loss ridge(net, x, y, by = 0.1) = mse(net(x), y) + by * l2(net)
let net = Dense(1, 1)
assign(net.W, [[2]])
print("{ridge(net, [[1]], [[1]]):.3f}")   # expect: 1.400
