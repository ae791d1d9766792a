# the states of an optimizer of the whole vector go on bit for bit, by minibatches too
# args: {tmp}
let d = moons(60, noise: 0.1)
fn run(o, name, epochs, batch) {
  seed(5)
  let net = chain(Dense(2, 6), tanh, Dense(6, 2))
  let h = train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: o; epochs: epochs; batch: batch; checkpoint: "{args[0]}/{name}"; resume: epochs == 6; quiet: true }
  (h.steps, h.loss, flatten(net.parts[0].W))
}
for (name, o) in list(("lbfgs", fn() = LBFGS(memory: 3)), ("bfgs", fn() = BFGS()), ("cg", fn() = ConjugateGradient())) {
  for batch in list(20, 60) {
    let whole = run(o(), "whole", 7, batch)
    run(o(), "{name}{batch}", 3, batch)
    run(o(), "{name}{batch}", 6, batch)
    let again = { run(o(), "x{name}{batch}", 7, batch) }
    print(name, batch, all(run(o(), "{name}{batch}", 6, batch)[1] == whole[1][:6]), all(again[2] == whole[2]))
  }
}
# expect: lbfgs 20 true true
# expect: lbfgs 60 true true
# expect: bfgs 20 true true
# expect: bfgs 60 true true
# expect: cg 20 true true
# expect: cg 60 true true
