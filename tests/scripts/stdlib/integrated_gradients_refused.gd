# A row without a value is an error at once, and an output that jumps is told.  Whole numbers have no gradient.
# warned: the contributions of row 0 add up to 0, its output changes by 3
let why = fn(f) = attempt(f).error
let net = chain(Dense(3, 8), tanh, Dense(8, 2))
let x = randn(50, 3)
x[7, 1] = nan
print(why(fn() = integrated_gradients(net, x)))                                # expect: integrated_gradients: the output of row 7 is not finite
print(why(fn() = integrated_gradients(fn(x) = x[:, 0] / x[:, 1], [[1, 2]])))   # expect: integrated_gradients: at `base` the output of row 0 is not finite
print(why(fn() = integrated_gradients(fn(x) = x[:, 0], x)))                    # expect: integrated_gradients: on the line from `base` the gradient of row 7 is not finite
print(integrated_gradients(fn(x) = floor(3 * x[:, 0]), [[1], [2]]))            # expect: [[0], [0]]
# Noise that is never so small as asked for ends after a number of pieces.
let rough = integrated_gradients(fn(x) = f32(30 + x[:, 0]), randn(3, 3))
print(shape(rough), shape(integrated_gradients(net, zeros(0, 3))))             # expect: (3, 3) (0, 3)
print(why(fn() = saliency(Embedding(3, 2), [1])))                              # expect: saliency: this net takes whole numbers, as an Embedding does, and has no gradient with respect to them: ask for that of what it makes of them
print(saliency(fn(x) = relu(x[:, 0]), [[-1, 1]]))                              # expect: [[0, 0]]
