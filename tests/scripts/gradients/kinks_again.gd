# At a kink there is a first derivative by choice, and no second one: NaN, and not the 0 that the choice would give.
fn second(f, at = 0) = grad(grad(f))(at)
print(grad(abs)(0), second(abs), second(abs, 1))                                          # expect: 0 nan 0
print(second(relu), second(leaky_relu), second(elu), second(selu), second(softsign))      # expect: nan nan nan nan nan
print(second(fn(x) = maximum(x, 0)), second(fn(x) = minimum(x, 3 * x)), second(fn(x) = max([0, 1] * x)))    # expect: nan nan nan
print(second(fn(x) = clamp(x, 0, 1)), second(hardtanh, -1), second(hardsigmoid, 3))       # expect: nan nan nan
print(second(fn(x) = relu(x)^2), second(fn(x) = x * abs(x)), second(fn(x) = x * relu(x), 1))                # expect: nan nan 2
print(second(fn(x) = norm(x * [3, 4])), second(fn(x) = hypot(x, 2 * x)), second(fn(x) = norm(x * [1, 2], p: 3)))     # expect: nan nan nan
# of several elements only those at the kink
print(hessian(fn(x) = sum(abs(x)))([0.0, 1]))                                             # expect: [[nan, 0], [0, 0]]
print(hvp(fn(x) = sum(abs(x)^3), [0.0, 2], [0, 1]))                                       # expect: [0, 12]
# what has no part in the value, by a guard or a weight, has none in its derivatives
print(second(fn(x) = where(x > 0, abs(x), 0)), second(fn(x) = 0 * relu(x)))               # expect ~ -?0 -?0
# and away from kinks all is as ever
let x = sin(reshape(arange(24), 6, 4)^2)
fn net(w) = mean(relu(relu(x @ reshape(w, 4, 5)) @ [[1.0], [-1], [2], [0.5], [1]])^2)
print(any(isnan(hessian(net)(cos(arange(20)^2)))))                                        # expect: false
