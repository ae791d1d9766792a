# Rows that are certain have second derivatives of 0, with any gamma; others as by the formula.
for gamma in [0.5, 1.5] { print([hessian(fn(z) = focal(z, [0], gamma: gamma))([[gap, 0.0]])[0, 0, 0, 0] for gap in [60, 90, 104, 1000]]) }
# expect: [0, 0, 0, 0]
# expect: [0, 0, 0, 0]
let (z, y) = (f64([[0.5, 1, -2], [3, -1, 0]]), [2, 0])
fn written(z, gamma) { let l = gather(log_softmax(z), y[:, none], axis: 1); mean(-(1 - exp(l))^gamma * l) }
for gamma in [0.5, 1.5, 2] { print(max(abs(hessian(fn(z) = focal(z, y, gamma: gamma))(z) - hessian(fn(z) = written(z, gamma))(z))) < 1e-12) }
# expect: true
# expect: true
# expect: true
print(focal([[3]], [0]), focal([[0, -inf]], [0], gamma: 0), grad(fn(z) = focal(z, [0], gamma: 0.5))([[0, -inf]]))   # expect: 0 0 [[0, 0]]
