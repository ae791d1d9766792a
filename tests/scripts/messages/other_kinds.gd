# What other tools ask of a model or tensor is answered with what its kind can do.
fn told(f) = print(attempt(f).error)
let net = Dense(2, 3)
told(fn() = integrated_gradients(net, [1, 2]))   # expect: integrated_gradients: x is rows [N, ..], of which the net gives one output each; this x is [2], and the net gives [3]. One row is x[:1]
told(fn() = saliency(net, [1, 2]))               # expect ~ saliency: x is rows .*
print(shape(saliency(net, [[1, 2]])))            # expect: (1, 2)
[net][0].to("cuda")   # expect error: a model is made of f64 after `precision(f64)`
# status: 1
