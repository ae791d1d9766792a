# Arithmetic on models, their gradients and what is made of tensors.
precision(f64)
let net = Dense(2, 1)
assign(net.W, [[1], [2]])
let x = [[1, 2], [3, 4]]
fn f(n) = sum(n(x))
let g = grad(f)(net)
print(g, -g)                        # expect: (W: [[4], [6]], b: [2]) (W: [[-4], [-6]], b: [-2])
let m = net - 0.5 * g
print(m(x), net.W)                  # expect: [[-4], [-8]] [[1], [2]]
print(dot(g, g), norm(g) == sqrt(56), norm(g, p: 1))   # expect: 56 true 12
let (v, back) = flatten_tree(net)
print(v, back(2 * v)([[1, 1]]))     # expect: [1, 2, 0] [[6]]
print(map_tree(fn(p, q) = p * q, net, g).W)   # expect: [[4], [12]]
print((1, "a", none) + (2, "b", none), dict(a: 1) / 2, list(1, [2, 3]) * 2)   # expect: (3, "a", none) dict(a: 0.5) [2, [4, 6]]
train m { loss: sum(m(x)^2); optimizer: GD(lr: 0.001); steps: 1; quiet: true }   # it has params of its own
print(m.b != net.b)                 # expect: [true]
print(concat(["a"], ["b"]), concat((1, 2), (k: 3)))    # expect: ["a", "b"] (1, 2, k: 3)
print(attempt(fn() = ["a"] + ["b"]).error)   # expect: this list holds no number or tensor to compute with
print(attempt(fn() = net - (W: net.W)).error)   # expect: the two do not have the same form: at `b` a param on the left, nothing on the right
print(attempt(fn() = (p: (1, [1, 2])) - (p: (1, [1, 2, 3]))).error)   # expect: the two do not have the same form: at `p.1` [2] on the left, [3] on the right
print(attempt(fn() = g * [1, 2]).error)   # expect: `*` takes a tuple with a number or with another of the same form, this is a tensor
