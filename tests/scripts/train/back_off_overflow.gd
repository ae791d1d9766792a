# A rate that is too large makes the loss overflow some updates later: the update after which its
# minibatch has no finite loss is taken back, and counts nowhere.
let x = randn(64, 3)
let w = param([0.0, 0, 0])
let h = train w on (a, b) in dataset(x, x @ tensor([1.0, 2, 3])) {
  loss: mse(a @ w, b)
  metrics: (m: mean((a @ w - b)^2))
  optimizer: SGD(lr: 3); steps: 400; on_divergence: "back_off"; quiet: true
}
print(h.stopped, h.steps, round(w * 1000) / 1000)      # expect: steps 400 [1, 2, 3]
print(h.lr[0] == 3, h.lr[-1] < 1, all(isfinite(tensor(h.loss))), len(h.loss))   # expect: true true true 400
let (g, d) = (param(1.0), param(1.0))
let k = train on z in ones(8) {
  update g { loss: mean(z) * (g - 2)^2; optimizer: SGD(lr: 0.1) }
  update d { loss: mean(z) * (d - g)^2; optimizer: SGD(lr: 3) }
  metrics: (rows: sum(z))
  epochs: 300; batch: 4; on_divergence: "back_off"; quiet: true
}
print(k.stopped, round(g * 1000) / 1000, round(d * 1000) / 1000, k.rows[-1])    # expect: epochs 2 2 8
