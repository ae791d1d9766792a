# W4: a character model, 65 characters, vectors of 64, an LSTM or GRU of 256, 64 places, batches of 32, Adam, the gradient clipped; and a table of
# 50,000 vectors of 64 of which a step reads 32. Prints microseconds a step.
# `gd w4.gd [SHARE]`: SHARE 0.1 makes a tenth of the steps.

seed(4)
let share = if len(args) > 0 { number(args[0]) } else { 1 }

fn middle(taken) = sort(tensor(taken))[1]

fn measure(name, net) {
  let data = dataset(randint(0, 65, 1024, 64), randint(0, 65, 1024, 64))
  let count = maximum(1, floor(share * 10))
  fn go(steps) = train net on (x, y) in data {
    loss: cross_entropy(reshape(net(x), -1, 65), reshape(y, -1))
    optimizer: Adam(lr: 1e-3)
    clip: (norm: 1)
    batch: 32
    steps: steps
    quiet: true
  }
  go(2)
  let taken = [go(count).seconds, go(count).seconds, go(count).seconds]
  print("W4_{name} {middle(taken) * 1e6 / count:.1f}")
}

measure("lstm", chain(Embedding(65, 64), LSTM(64, 256), Dense(256, 65)))
measure("gru", chain(Embedding(65, 64), GRU(64, 256), Dense(256, 65)))

let table = Embedding(50_000, 64)
let data = dataset(randint(0, 50_000, 3200), randn(3200, 64))
let count = maximum(1, floor(share * 200))
fn go(steps) = train table on (x, y) in data { loss: mse(table(x), y); optimizer: Adam(lr: 1e-3); batch: 32; steps: steps; quiet: true }
go(2)
let taken = [go(count).seconds, go(count).seconds, go(count).seconds]
print("W4_table {middle(taken) * 1e6 / count:.1f}")
