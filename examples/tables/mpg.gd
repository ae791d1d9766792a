# Miles per gallon of cars from a CSV with missing cells, the origin as a class: `gd mpg.gd --data mpg.csv` (UCI, Auto MPG).
#
# Outcome: r2 of 0.8 or more on cars held out; the net answers for raw rows of other files, `gd predict mpg.safetensors NEW.csv`.

seed(option("seed", 1))
let path = option("data", "{here}/mpg.csv")
if not exists(path) { print("mpg: no table, --data FILE names one"); exit(0) }

let cars = csv(path, target: "mpg", drop: "name", kinds: (model_year: "number"), missing: "mean")
let (rest, test_set) = split(shuffle(cars), 0.8)
let (train_set, held) = split(rest, 0.85)

let net = chain(Standardize(train_set), Dense(len(cars.names), 32), relu, Dense(32, 16), relu, Dense(16, 1))
train net on (x, y) in train_set {
  loss: mse(net(x)[:, 0], y)
  optimizer: AdamW(lr: 0.01, weight_decay: 0.1)
  epochs: 400
  batch: 32
  validate: held
  keep: best(val_loss)
  stop: stalled(val_loss, 60)
  quiet: true
}
save(net, option("net", "mpg.safetensors"), data: train_set)
print("r2 {r2(net(test_set.x)[:, 0], test_set.y):.4f}")
