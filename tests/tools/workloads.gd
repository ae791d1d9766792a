# The workloads of tests/bench, small, for their bits and not for their speed: `gd workloads.gd FOLDER` trains each for a few steps
# and saves all that it made there.  Sizes are such that the team's threads share the work.  workloads.sh compares the files.

seed(11)

fn into(name) = "{args[0]}/{name}.npy"

# ---- W1: linear regression ----
fn line(name, n) {
  let x = randn(n, 1)
  let y = 2 * x + 3 + 0.1 * randn(n, 1)
  let w = param(zeros(1, 1))
  let b = param(zeros(1))
  let h = train w, b { loss: mse(x @ w + b, y); optimizer: GD(lr: 0.01); steps: 30; quiet: true }
  save(concat(reshape(w, 1), b, h.step_loss), into(name))
}
line("w1", 100)
line("w1_long", 100_000)

# ---- W2: the classifiers, and the wide one ----
model Small() {
  let first = Dense(784, 128)
  let last = Dense(128, 10)
  fn forward(x) = x |> first |> relu |> last
}

model Wide() {
  let first = Dense(784, 512)
  let second = Dense(512, 512)
  let last = Dense(512, 10)
  fn forward(x) = x |> first |> relu |> second |> relu |> last
}

let images = dataset(rand(650, 784), randint(0, 10, 650))

fn classify(name, net, rule, batch) {
  train net on (x, y) in images { loss: cross_entropy(net(x), y); optimizer: rule; batch: batch; epochs: 1; quiet: true }
  save(net, "{args[0]}/{name}.safetensors")
}
classify("w2_sgd", Small(), SGD(lr: 0.1), 64)
classify("w2_adam", Small(), Adam(lr: 1e-3), 64)
classify("w2wide_sgd", Wide(), SGD(lr: 0.1), 128)
classify("w2wide_adam", Wide(), Adam(lr: 1e-3), 128)

# ---- W6: an optimizer's step over many parameters: the bench's three, and the rest of the library ----
optimizer Own(lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8) {
  state mean = 0
  state square = 0
  fn step(p, g) {
    mean = mean + (1 - beta1) * (g - mean)
    square = beta2 * square + (1 - beta2) * g * g
    p = p - lr * sqrt(1 - beta2^t) / (1 - beta1^t) * mean / (sqrt(square) + eps)
  }
}

let rules = [Own(), GD(), SGD(momentum: 0.9), SGD(momentum: 0.9, nesterov: true, weight_decay: 0.01), Adagrad(), Adadelta(), RMSprop(),
  RMSprop(momentum: 0.5, centered: true), Adam(), AdamW(), AMSGrad(), Adamax(), NAdam(), RAdam(), Lion()]

for i in 0..len(rules) - 1 {
  let g = randn(70_000)
  let p = param(randn(70_000))
  let given = custom_gradient(fn(p) = p[0], fn(p, y, dy) = g * p)
  train p { loss: given(p); optimizer: rules[i]; clip: (norm: 100); steps: 7; quiet: true }
  save(p * 1, into("w6_{i}"))
}

# ---- tables of which a step reads some rows (the unfused build updates them whole) ----
let words = dataset(randint(0, 9000, 640, 2), randn(640, 1))
for (i, rule) in enumerate([GD(lr: 0.1), Adagrad(), SGD(lr: 0.01, momentum: 0.9), Adam(lr: cosine(1e-2, steps: 40)), SparseAdam(), AdamW()]) {
  let net = chain(Embedding(9000, 24), flatten, Dense(48, 1))
  train net on (x, y) in words { loss: mse(net(x), y); optimizer: rule; clip: (norm: 1); batch: 64; epochs: 2; quiet: true }
  save(net, "{args[0]}/rows_{i}.safetensors")
}

# ---- steps of the whole vector ----
for (i, rule) in enumerate(list(LBFGS(memory: 4), ConjugateGradient(), Steepest("exact"))) {
  seed(20 + i)
  let net = chain(Dense(64, 512), tanh, Dense(512, 64))
  let x = randn(300, 64)
  train net { loss: mse(net(x), tanh(x)); optimizer: rule; steps: 4; quiet: true }
  save(net, "{args[0]}/vector{i}.safetensors")
}
let fit = param(ones(3))
let points = linspace(0, 4, 9001)
train fit { residuals: fit[0] * exp(-fit[1] * points) + fit[2] - 2 * exp(-0.7 * points); optimizer: LevenbergMarquardt(); steps: 6; quiet: true }
save(fit * 1, into("vector_fit"))

# ---- W7: a sum of elementwise functions, and its gradient ----
model Curve(n) {
  param x = randn(n)
  param a = 1.5
  param b = 0.3
  fn forward() = sum(tanh(a * x + b) * sigmoid(x) - x^2)
}

fn curve(name, n) {
  let c = Curve(n)
  let (value, gradient) = value_and_grad(fn(c) = c())(c)
  save(concat(reshape(tensor(value), 1), gradient.x, reshape(gradient.a, 1), reshape(gradient.b, 1)), into("{name}_grad"))
  train c { loss: c(); optimizer: GD(lr: 1e-7); steps: 3; quiet: true }
  save(c, "{args[0]}/{name}.safetensors")
}
curve("w7", 100_000)
curve("w7_short", 1000)

# ---- W8: Rosenbrock, and the classifier once more, in f64 ----
precision(f64)
let p = param([-1.2, 1])
train p { loss: (1 - p[0])^2 + 100 * (p[1] - p[0]^2)^2; optimizer: GD(lr: 1e-3); steps: 500; quiet: true }
save(p * 1, into("w8"))
classify("w2_f64", Small(), Adam(lr: 1e-3), 64)
