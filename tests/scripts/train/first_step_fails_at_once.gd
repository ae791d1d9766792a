# Before the first step the rate has had no effect: it is not judged, which would take gradients of the whole net.
let x = randn(8, 500)
let net = Dense(500, 500)
fn fail(o) = time(fn() {
  let r = attempt(fn() = train net { loss: sum(log(net(x))); optimizer: o; steps: 3; quiet: true })
  assert(not r.ok)
})
fail(Adam(lr: 0.1))
print(fail(GD(lr: 0.1)) < 10 * fail(Adam(lr: 0.1)) + 0.15)   # expect: true
