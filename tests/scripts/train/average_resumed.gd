# A resume goes on with the means, bit for bit; under another `average:` they begin anew, and it is told.
# args: {tmp}
let d = moons(60, noise: 0.1)
fn run(epochs, path, resume, how) {
  seed(3)
  let net = chain(Dense(2, 5), tanh, Dense(5, 2))
  train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: Adam(lr: 0.05); epochs: epochs; batch: 20; average: how; checkpoint: path; resume: resume; quiet: true }
  net.parts.0.W * 1
}
let whole = run(6, "{args[0]}/a.ckpt", false, ema(0.9))
run(4, "{args[0]}/b.ckpt", false, ema(0.9))
print(all(run(6, "{args[0]}/b.ckpt", true, ema(0.9)) == whole))   # expect: true
run(7, "{args[0]}/b.ckpt", true, ema(0.5))   # expect stderr: resumed with another `average`: it was ema 0.9, it is ema 0.5; its stored state is reset
fn cut(steps, path, resume) {
  seed(3)
  let net = chain(Dense(2, 5), tanh, Dense(5, 2))
  train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: Adam(lr: 0.05); epochs: 6; steps: steps; batch: 20; average: swa(from: 0.4); checkpoint: path; resume: resume; quiet: true }
  net.parts.0.W * 1
}
cut(13, "{args[0]}/c.ckpt", false)   # in the fifth epoch
print(all(cut(100, "{args[0]}/c.ckpt", true) == cut(100, "{args[0]}/d.ckpt", false)))   # expect: true
