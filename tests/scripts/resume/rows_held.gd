# What the states of a table are ahead of is in the checkpoint too: training by rows, resumed, gives the bits of an uninterrupted one and of the whole update.
# args: {tmp}
optimizer Whole(inner) { fn step(p, g) { p = inner.step(p, g) - 0 * sum(p) } }
let d = dataset(i32((arange(300) * 37) % 900), reshape(sin(arange(600)), 300, 2))
fn go(make, most, resume, path) {
  seed(5)
  let table = param(reshape(cos(arange(2400)), 1200, 2))
  let h = train table on (x, y) in d { loss: mse(table[x], y); optimizer: make(); steps: most; batch: 8; checkpoint: path; resume: resume; quiet: true }
  (table * 1, h.steps)
}
for (name, make) in list(("adam", fn() = Adam(lr: 0.01)), ("momentum", fn() = SGD(lr: 0.1, momentum: 0.9))) {
  let (whole, n) = go(make, 60, false, "{args[0]}/{name}.ckpt")
  let (dense, k) = go(fn() = Whole(make()), 60, false, "{args[0]}/{name}_dense.ckpt")
  go(make, 33, false, "{args[0]}/{name}_run.ckpt")
  let (rest, m) = go(make, 60, true, "{args[0]}/{name}_run.ckpt")
  print(n, m, all(whole == rest), all(whole == dense))
}
# expect: 60 60 true true
# expect: 60 60 true true
