# Species of penguins from a CSV with missing cells and columns of text: `gd penguins.gd --data penguins.csv` (Horst, Hill and Gorman, palmerpenguins).
#
# Outcome: accuracy of 0.95 or more on penguins held out, by class; a second process predicts: `gd predict penguins.safetensors NEW.csv`.

seed(option("seed", 1))
let path = option("data", "{here}/penguins.csv")
if not exists(path) { print("penguins: no table, --data FILE names one"); exit(0) }

let birds = shuffle(csv(path, target: "species", missing: "class"))
let (rest, test_set) = split(birds, 0.8, by: birds.y)
let (train_set, held) = split(rest, 0.85, by: rest.y)
let net = chain(Standardize(train_set), Dense(len(birds.names), 16), relu, Dense(16, 3))
train net on (x, y) in train_set {
  loss: cross_entropy(net(x), y)
  optimizer: Adam(lr: 0.01)
  epochs: 100
  batch: 32
  validate: held
  keep: best(val_loss)
  stop: stalled(val_loss, 15)
  quiet: true
}
save(net, option("net", "penguins.safetensors"), data: train_set)
print(classification_report(net(test_set.x), test_set.y, names: birds.classes.species))
