let net = chain(Dense(1, 1), Dense(1, 1))
let kept = copy(net.0.W)
freeze(net.0)
fn go() { train net on (x, y) in dataset([[1]], [[3]]) { loss: mse(net(x), y); optimizer: GD(lr: 0.1); steps: 3; quiet: true } }
go()
print(all(net.0.W == kept))   # expect: true
unfreeze(net.0)
go()
print(all(net.0.W == kept))   # expect: false
