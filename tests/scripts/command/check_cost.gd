# What a training takes is told by `gd check --cost`, before anything runs.
# check
# options: --cost
let x = randn(1000, 20)
let y = randn(1000, 1)
model Net() {
  let a = Dense(20, 50)
  let b = Dense(50, 1)
  fn forward(x) = x |> a |> tanh |> b
}
let net = Net()
# params: (20 * 50 + 50 + 50 + 1) * 4 bytes; Adam keeps twice that; data: 21 * 1000 * 4 bytes, a tenth of it copied, the order
train net on (x, y) in dataset(x, y) { loss: mse(net(x), y); optimizer: Adam(); epochs: 2; batch: 100 }
# expect ~ train at check_cost\.gd:13: 100 of 1000 rows a step
# expect ~   memory    .*: params 4\.3 KiB, states and buffers 8\.6 KiB, values of a step [0-9.]+ KiB, data 82\.1 KiB, copies 16 KiB, process [0-9.]+ MiB
# expect ~   a step    [0-9.]+k operations, [0-9.]+ KiB read and written, about [0-9.]+ .?s on \d+ threads?
# expect ~   an epoch  10 minibatches, about [0-9.]+ .?s
let w = param([1, 2])
for i in 1..3 { update w { loss: sum(w^2); optimizer: GD(lr: 0.1) } }
# expect ~ update at check_cost\.gd:19
# expect ~   memory    .*: params 8 B, values of a step .*
# expect ~   a step    .* operations, .*
let v = param([1, 2])
train v { loss: sum(v^2); optimizer: Adam(lr: clock()); steps: 3 }
# expect ~ train at check_cost\.gd:24
# expect ~   memory .*: params 8 B, values of a step [0-9]+ B, process [0-9.]+ MiB; without the optimizer, whose settings are known only in a run
# expect ~   a step .*
