# Of several updates in one training, and of gathered minibatches, the whole step is taken back.
let (a, b) = (param(1), param(1))
let d = dataset([1, 1, 1, 1], [0, 0, 0, 0])
let h = train on (x, y) in d {
  update a { loss: mean(x) * a^2; optimizer: SGD(lr: 0.25) }
  update b { loss: mean(x) * b^4; optimizer: SGD(lr: 1e20) }
  steps: 9
  on_divergence: "stop"
  quiet: true
}
print(h.stopped, h.steps, a == 0.5^h.steps)    # expect: diverged 1 true
let w = param(1)
let g = train w on (x, y) in d { loss: mean((w * x)^8); optimizer: SGD(lr: 1e6); epochs: 9; batch: 1; accumulate: 2; on_divergence: "stop"; quiet: true }
print(g.stopped, g.steps == len(g.step_loss))    # expect: diverged true
