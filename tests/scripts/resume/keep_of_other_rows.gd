# What `keep:` stored from other validation rows or another loss is not compared with what is measured now.
# args: {tmp}
let d = dataset(ones(4, 1), ones(4))
fn go(name, held, more, epochs) {
  let w = param([3])
  train w on (x, y) in d {
    loss: mse(x @ w, y) + more
    optimizer: GD(lr: 0.1)
    epochs: epochs
    validate: held
    keep: best(val_loss)
    checkpoint: "{args[0]}/{name}.ckpt"
    resume: epochs > 2
    quiet: true
  }
  abs(w[0] - 2.024) < 1e-5
}
let easy = dataset(zeros(4, 1), zeros(4))
go("rows", easy, 0, 2)
print(go("rows", d, 0, 3))   # expect: true
# expect stderr: resumed with another `validate`: it was 4 rows
# expect stderr: what `keep:` or `stop:` stored is reset
go("loss", d, 0, 2)
print(go("loss", d, 100, 3))   # expect: true
# expect stderr: resumed with another `loss`
