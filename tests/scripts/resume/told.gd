# what changed since the checkpoint is told, from what to what, and the training goes on
# args: {tmp}
let path = "{args[0]}/run.ckpt"
let d = dataset(ones(6, 2), ones(6))
let v = dataset(ones(2, 2), ones(2))
let w = param([1, 2])
let h = train w on (x, y) in d { loss: mse(x @ w, y); optimizer: SGD(lr: 0.1); clip: (norm: 5); batch: 2; shuffle: false; epochs: 1; validate: v; checkpoint: path; quiet: true }
let g = train w on (x, y) in d {
  loss: huber(x @ w, y)
  optimizer: SGD(lr: 0.05)
  clip: (value: 1)
  batch: 3
  shuffle: false
  epochs: 2
  validate: dataset(zeros(2, 2), ones(2))
  checkpoint: path
  resume: true
  quiet: true
}
print(h.steps, g.steps, len(g.loss))   # expect: 3 5 2
# expect stderr: resumed with another `loss`: it was mse(x @ w, y), it is huber(x @ w, y)
# expect stderr: resumed with another `lr`: it was 0.1, it is 0.05
# expect stderr: resumed with another `clip`: it was norm 5, it is value 1
# expect stderr: resumed with another `batch`: it was 2, it is 3
# expect stderr: resumed with another `validate`: it was 2 rows
