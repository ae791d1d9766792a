# A metric that has the name of its function hides it in the blocks, and the message says so.
let t = moons(50, noise: 0.1)
let net = Dense(2, 2)
fn step(x) = x
train net on (x, y) in t {
  loss: cross_entropy(net(x), y)
  optimizer: Adam()
  epochs: 1
  metrics: accuracy(net(x), y)
  each_epoch: {
    print(accuracy, accuracy(net(t.x), t.y))    # expect error: `accuracy` is this training's metric here, a number: it cannot be called
    print(step(3))                              # expect error: `step` is that of the training here, a number: it cannot be called
  }
  each_step: {
    fn accuracy(x) = x
    print(accuracy(3))
  }
}
race net on (x, y) in t {
  settings: (act: [tanh, relu])
  loss: cross_entropy(act(net(x)), y)
  optimizer: Adam()
  epochs: 1
}
# status: 65
