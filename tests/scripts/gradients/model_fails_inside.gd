let net = chain(Dense(2, 3), Dense(3, 1))
let other = chain(Dense(2, 3), Dense(3, 1), Dense(1, 1))
fn of(m, x) = sum(m(x))
print(shape(grad(of)(net, [[1, 2]])[1].W))   # expect: (3, 1)
print(grad(of)(net, [1, 2, 3]))              # expect error: shapes do not fit
