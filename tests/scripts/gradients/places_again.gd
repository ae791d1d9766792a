# In the derivative of a derivative, places are steps: their part is that of a constant.
let at = [1.0, 3, 2]
fn top(x) = sum(one_hot(argmax(x), 3) * x)
print(grad(top)(at), hessian(top)(at)[1])                                 # expect: [0, 1, 0] [0, 0, 0]
print(hessian(fn(x) = top(x)^2)(at)[1])                                   # expect: [0, 2, 0]
print(grad(fn(x) = sum(grad(top)(x) * [1, 2, 3]))(at))                    # expect: [0, 0, 0]
print(hvp(fn(x) = sum(argsort(x) * x), at, [1, 1, 1]))                    # expect: [0, 0, 0]
print(grad(fn(x) = x[argmax(x)]^2)(at))                                   # expect: [0, 6, 0]
# taken as values they still have none
print(grad(fn(x) = sum(f32(argsort(x))))(at))                             # expect error: `argsort` cannot be differentiated
