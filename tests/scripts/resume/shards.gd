# Resumed in the middle of an epoch, a training in parts goes on with the same bits.
# args: {tmp}
fn go(most, resume, path) {
  seed(5)
  let d = moons(22, noise: 0.1)
  let net = chain(Dense(2, 8), Dropout(0.3), Dense(8, 2))
  let h = train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: Adam(lr: 0.01); steps: most; batch: 4; shards: 3; accumulate: 2; checkpoint: path; resume: resume; quiet: true }
  (flatten_tree(net)[0] * 1, h.steps)
}
let (whole, n) = go(7, false, "{args[0]}/whole.ckpt")
go(4, false, "{args[0]}/run.ckpt")
let (rest, m) = go(7, true, "{args[0]}/run.ckpt")
print(n, m, all(whole == rest))   # expect: 7 7 true
