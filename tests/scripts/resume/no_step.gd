# a checkpoint of a run that made no step is where the training begins
# args: {tmp}
model Net() {
  param w = [3.0]
  buffer seen = [0.0]
  fn forward(x) = { if training { seen = seen + 1 }; w * x + rand(1) }
}
fn go(steps, name, optimizer) {
  seed(1)
  let net = Net()
  let h = train net on x in dataset(arange(4)) { loss: mean(net(x)^2); optimizer: optimizer; steps: steps; batch: 2; average: ema(0.5); keep: best(loss)
    quiet: true; checkpoint: "{args[0]}/{name}"; resume: true }
  (h.steps, net.w * 1, net.seen * 1)
}
for (i, make) in enumerate([fn() = Adam(lr: 0.1), fn() = Lookahead(Adam(lr: 0.1)), fn() = LBFGS()]) {
  let name = "{i}.ckpt"
  print(go(0, name, make()).0, go(3, name, make()) == go(3, "whole-{name}", make()))
}
# expect: 0 true
# expect: 0 true
# expect: 0 true
