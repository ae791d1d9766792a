# W3: convolutions. A step of LeNet on 28 x 28 and of a residual net of eight layers on 3 x 32 x 32, both in batches of 64 by SGD; and one
# convolution with its two gradients, depthwise and with few channels. Prints microseconds a step.
# `gd w3.gd [SHARE]`: SHARE 0.1 makes a tenth of the steps.

seed(3)
let share = if len(args) > 0 { number(args[0]) } else { 1 }

fn middle(taken) = sort(tensor(taken))[1]

fn measure(name, net, x, steps) {
  let data = dataset(x, randint(0, 10, shape(x)[0]))
  let count = maximum(1, floor(share * steps))
  fn go(steps) = train net on (x, y) in data { loss: cross_entropy(net(x), y); optimizer: SGD(lr: 0.01); batch: 64; steps: steps; quiet: true }
  go(2)
  let taken = [go(count).seconds, go(count).seconds, go(count).seconds]
  print("W3_{name} {middle(taken) * 1e6 / count:.1f}")
}

fn normed(inputs, outputs) = chain(Conv2d(inputs, outputs, 3, padding: 1, bias: false), BatchNorm(outputs))

fn residual(c) = chain(Residual(chain(normed(c, c), relu, normed(c, c))), relu)

let lenet = chain(
  Conv2d(1, 6, 5, padding: 2), relu, MaxPool2d(2), Conv2d(6, 16, 5), relu, MaxPool2d(2), Flatten(),
  Dense(400, 120), relu, Dense(120, 84), relu, Dense(84, 10),
)
let res8 = chain(
  normed(3, 64), relu, residual(64), MaxPool2d(2), normed(64, 128), relu, residual(128), MaxPool2d(2), normed(128, 256), relu,
  GlobalPool(), Dense(256, 10),
)
measure("lenet", lenet, rand(6400, 1, 28, 28), 100)
measure("res8", res8, rand(512, 3, 32, 32), 3)

# y, and the gradients in both operands.
fn alone(name, x, w, steps, groups) {
  let padding = floor(shape(w)[2] / 2)
  let dy = randn(shape(x)[0], shape(w)[0], shape(x)[2], shape(x)[3])
  let count = maximum(1, floor(share * steps))
  let f = value_and_grad(fn(x, w) = sum(conv2d(x, w, padding: padding, groups: groups) * dy), wrt: (0, 1))
  fn go() { for i in 1..count { f(x, w) } }
  go()
  let taken = [time(go), time(go), time(go)]
  print("W3_{name} {middle(taken) * 1e6 / count:.1f}")
}

alone("depth3", randn(16, 64, 32, 32), randn(64, 1, 3, 3), 50, 64)
alone("depth5", randn(16, 128, 14, 14), randn(128, 1, 5, 5), 50, 128)
alone("few1", randn(64, 1, 28, 28), randn(6, 1, 5, 5), 50, 1)
alone("few3", randn(64, 3, 32, 32), randn(16, 3, 3, 3), 50, 1)
