let net = chain(Dense(2, 3), Dense(3, 1))
let other = Dense(2, 3)
assign(net[0], other)
print(all(net[0].W == other.W))   # expect: true
assign(net, other)                # expect error: the two do not have the same parts: 4 and 2 params
