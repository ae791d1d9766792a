# In a training step: the body is worked out once, buffers and draws at each row.
seed(3)
model Counting() {
  param w = 0.5
  buffer calls = 0
  fn forward(x) {
    calls = calls + 1
    w * x
  }
}
let net = Counting()
let xs = randn(6, 3)
let h = train net { loss: mean(scan(fn(s, x) = (s + net(x), s), zeros(3), xs).1^2); optimizer: SGD(lr: 0.01); steps: 2; quiet: true }
print(net.calls)                                                   # expect: 12
let w = param(1)
train w { loss: w^2 + var(scan(fn(s, x) = (s + w, dropout(x, 0.5)), 0, ones(200)).1); optimizer: SGD(lr: 0.1); steps: 1; quiet: true }
print(w < 1)                                                       # expect: true
let noise = 0
train w { loss: w^2; metrics: (spread: std(scan(fn(s, x) = (s + w, randn()), 0, ones(200)).1)); each_epoch: { noise = spread }; optimizer: SGD(lr: 0.1); steps: 1; quiet: true }
print(noise > 0.5)                                                 # expect: true
