# "back_off" looks at the loss after an update also where the optimizer has an inner one.
for make in list(fn() = Lookahead(Adam(lr: 0.5)), fn() = Lookahead(SGD(lr: 0.5, momentum: 0.9))) {
  let w = param([0.1, 0.2])
  train w { loss: sum((w - 3)^2); optimizer: make(); steps: 30; quiet: true; on_divergence: "back_off" }
  print(all(abs(w - 3) < 1))   # expect: true
}
# expect: true
