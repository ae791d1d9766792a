# the report's own look at the predictions assigns no buffer and takes no number of the seed
# args: {tmp}
model Net { param w = [1, 2]; buffer seen = 0
  fn forward(x) { seen = seen + 1; x @ w + 0 * mean(rand(2)) } }
fn go(report) {
  seed(3)
  let net = Net()
  if report { train net on (x, y) in dataset(ones(6, 2), ones(6)) { loss: mse(net(x), y); optimizer: GD(lr: 0.1); steps: 3; quiet: true; report: "{args[0]}/run.html" } }
  else { train net on (x, y) in dataset(ones(6, 2), ones(6)) { loss: mse(net(x), y); optimizer: GD(lr: 0.1); steps: 3; quiet: true } }
  (net.seen * 1, rand())
}
let (with, without) = (go(true), go(false))
print(with.0, without.0, with.1 == without.1)      # expect: 3 3 true
