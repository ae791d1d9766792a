# f64 tensors train in f64 under the default precision too: the states and constants of an optimizer have the dtype of what it trains.
model Line() {
  param W = f64([[0.3, -0.2], [0.1, 0.7]])
  param b = f64([0.1, 0.2])
  fn forward(x) = x @ W + b
}
let every = list(fn() = GD(), fn() = SGD(momentum: 0.9), fn() = Adagrad(), fn() = Adadelta(), fn() = RMSprop(), fn() = Adam(), fn() = AdamW(), fn() = AMSGrad(), fn() = Adamax(),
  fn() = NAdam(), fn() = RAdam(), fn() = AdaBelief(), fn() = ADOPT(), fn() = AdEMAMix(), fn() = Lion(), fn() = LAMB(), fn() = LARS(), fn() = Adafactor(), fn() = Muon(), fn() = SOAP(),
  fn() = Shampoo(), fn() = Rprop(), fn() = SignSGD(), fn() = ASGD(), fn() = Prodigy(), fn() = DAdaptation(), fn() = DoG(), fn() = ScheduleFree(), fn() = Polyak(), fn() = COCOB(),
  fn() = KFAC(), fn() = Lookahead(Adam()), fn() = Cautious(Adam()), fn() = Hyperball(Adam()), fn() = SAM(SGD(lr: 0.01)), fn() = Mup(Adam()), fn() = LBFGS(), fn() = NewtonCG())
fn trained(o) {
  let net = Line()
  train net { loss: sum((net(f64([[1, 2], [3, 4.5]])) - f64([1, -2]) / 7)^4); optimizer: o; steps: 4; quiet: true }
  flatten_tree(net).0
}
let plain = [trained(o()) for o in every]
precision(f64)
for (w, o) in zip(plain, every) { assert(all(w == trained(o())), "{o()}: {w}, under precision(f64) {trained(o())}") }
print(len(every), dtype(plain))   # expect: 38 f64
