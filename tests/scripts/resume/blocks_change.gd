# What blocks change besides the targets goes on from a checkpoint: a target network, its buffer, variables, also through functions and methods.
# args: {tmp}
let d = dataset(arange(8) / 8)
model Scale(first) {
  param factor = first
  buffer seen = 0
  fn forward(x: [N]) -> [N] = factor * x
  fn follow(other) { assign(factor, 0.5 * factor + 0.5 * other) }
  fn count() { seen = seen + 1 }
}
let calls = 0
fn go(name, epochs, resume) {
  seed(0)
  let (w, online, weight, history, note, table, last) = (param([1]), Scale(2), 0.1, [], "none", dict(a: 1), zeros(2))
  let nets = [Scale(1), Scale(3)]
  let follow = fn(net) { net.follow(online.factor); calls = calls + 1; weight = 0.9 * weight }
  calls = 0
  let h = train w, online on x in d {
    loss: mean((online(x) * w - x)^2) + weight * mean((nets[0](x) - online(x))^2) + 0.01 * last[0] * sum(w)
    optimizer: SGD(lr: 0.1)
    epochs: epochs
    batch: 2
    checkpoint: "{args[0]}/{name}.ckpt"
    resume: resume
    quiet: true
    each_step: { follow(nets[0]); last[step % 2] = loss; let unseen = step; if unseen > 2 { nets[1].count() } }
    each_epoch: {
      history = push(history, (epoch: epoch, loss: loss))
      note = "epoch {epoch}, é"
      table["e{epoch}"] = epoch > 2
    }
  }
  (w * 1, online.factor * 1, nets[0].factor * 1, nets[1].seen * 1, h.loss, h.step_loss, weight, history, note, table, last, calls)
}
let whole = go("whole", 6, false)
for n in 1..5 {
  go("part", n, false)
  print(go("part", 6, true) == whole)   # expect: true
}
# expect: true
# expect: true
# expect: true
# expect: true
print(whole[11], whole[8])              # expect: 24 epoch 6, é
go("part", 3, false)
go("part", 3, true)                     # a sitting in which nothing is changed keeps what it read
print(go("part", 6, true) == whole)     # expect: true
