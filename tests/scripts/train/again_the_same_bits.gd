# A training that finds the plan of an earlier one gives the same bits as the first, whatever ran on that plan before.
let d = dataset(rand(40, 3), rand(40, 1))

fn trained(scale) {
  seed(5)
  let net = chain(Dense(3, 8), tanh, Dense(8, 1))
  train net on (x, y) in d { loss: scale * mse(net(x), y); optimizer: Adam(lr: 0.01 * scale); batch: 16; epochs: 3; quiet: true }
  net(d.x)
}

let first = trained(param(1))
trained(param(1000))
print(all(trained(param(1)) == first), any(trained(param(2)) == first))   # expect: true false
