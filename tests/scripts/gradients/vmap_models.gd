# Gradients of each example, ensembles, images, buffers.
seed(1)
let net = Dense(3, 2)
let x = randn(5, 3)
let y = [0, 1, 1, 0, 1]
fn one(net, x, y) = cross_entropy(net(x[none]), y[none])
let each = vmap(grad(one), axes: (none, 0, 0))(net, x, y)
print(shape(each.W), shape(each.b))                  # expect: (5, 3, 2) (5, 2)
let whole = grad(fn(net) = cross_entropy(net(x), y))(net)
print(max(abs(mean(each.W, axis: 0) - whole.W)) < 1e-6)   # expect: true
let nets = map(fn(i) = Dense(3, 2), 1..4)
let all = stack_models(nets)
let given = vmap(fn(net, x) = net(x), axes: (0, none))(all, x)
print(shape(given), max(abs(given[2] - nets[2](x))) < 1e-6)   # expect: (4, 5, 2) true
let before = mean((given - 1)^2)
train all {
  loss: sum(vmap(fn(net) = mean((net(x) - 1)^2))(all))
  optimizer: GD(lr: 0.1)
  steps: 20
  quiet: true
}
print(mean((vmap(fn(net) = net(x))(all) - 1)^2) < 0.5 * before)    # expect: true
let kernels = randn(3, 4, 2, 3, 3)
let images = randn(2, 2, 6, 6)
fn energy(k) = sum(conv2d(images, k)^2)
let slopes = vmap(grad(energy))(kernels)
let one_by_one = [grad(energy)(kernels[0]), grad(energy)(kernels[1]), grad(energy)(kernels[2])]
print(max(abs(slopes - one_by_one)) < 1e-3 * max(abs(slopes)))     # expect: true
let pooled = vmap(fn(x) = max_pool2d(x[none], 2))(images)
print(max(abs(pooled[:, 0] - max_pool2d(images, 2))))              # expect: 0
let norms = stack_models(list(BatchNorm(2), BatchNorm(2)))
train norms { loss: sum(vmap(fn(n, x) = mean(n(x)), axes: (0, none))(norms, x[:, 0:2])); optimizer: GD(lr: 0); steps: 1; quiet: true }
print(max(abs(vmap(fn(n) = n([[0, 0]]))(norms))) > 0)              # expect: true
