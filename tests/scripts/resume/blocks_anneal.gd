# A weight that a block anneals is no changed setting of the script, also in the same process.
# args: {tmp}
let beta = 0
let w = param([3.0])
fn go(epochs, resume) {
  assign(w, [3.0])
  train w on x in dataset([1, 2, 3, 4]) {
    loss: mean((w - x)^2) + beta * sum(w^2)
    optimizer: SGD(lr: 0.02)
    epochs: epochs
    checkpoint: "{args[0]}/run.ckpt"
    resume: resume
    quiet: true
    keep: best(loss)
    each_epoch: { beta = epoch / 10 }
  }
}
let whole = go(6, false)
beta = 0
let part = go(3, false)
print(beta)                       # expect: 0.3
let rest = go(6, true)
print(all(rest.loss == whole.loss))   # expect: true
print(beta)                       # expect: 0.6
