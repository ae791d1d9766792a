# What was infinite by the user's own values is none of the update's making: a mask, a buffer that begins there, an element that stays.
model Masked() {
  param w = [1.0, 2.0, 3.0]
  buffer mask = [0, -1 / 0, 0]
  buffer least = [1 / 0, 1 / 0]
  buffer seen = i32(2147483000)
  buffer any = false
  fn forward(x) {
    least = minimum(least, [w[0] * x, 1 / 0])
    seen = seen + 1
    any = not any
    sum(w * w * exp(mask)) * x
  }
}
let net = Masked()
train net { loss: net(1); optimizer: Adam(lr: 0.5); steps: 3; quiet: true }
print(net.mask[1], net.least[1], net.seen, net.any, net.least[0] < 0.5)   # expect: -inf inf 2147483003 true true

let v = param([1.0, -1 / 0])
train v { loss: v[0]^2; optimizer: GD(lr: 0.25); steps: 2; quiet: true }
print(v)   # expect: [0.25, -inf]
