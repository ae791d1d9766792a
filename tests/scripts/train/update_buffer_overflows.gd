# So is a buffer that nothing of the loss depends on, by its path.
model Layer() {
  param w = 1
  buffer level = 1
  fn forward(x) {
    level = level * 1e7   # expect error: makes the buffer `net.layers.1.level` NaN or infinite at step 3
    w * x
  }
}
model Net() {
  let layers = list(Layer(), Layer())
  fn forward(x) = layers[1](layers[0](x)) + layers[1](x)
}
let net = Net()
let h = train net { loss: net(1)^2; optimizer: GD(lr: 0.01); steps: 9; quiet: true }
