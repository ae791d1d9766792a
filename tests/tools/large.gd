# What large.sh runs: a table larger than the memory that a training may take.
#
#   large.gd make FOLDER ROWS COLUMNS           writes x.npy [ROWS, COLUMNS] and y.npy
#   large.gd train FOLDER NAME EPOCHS [KEY…]    trains and saves NAME.safetensors; keys: `resume`; `held`: all rows in memory

let folder = args[1]

fn make(rows, columns) {
  seed(5)
  let x = randn(rows, columns)
  save(x, "{folder}/x.npy")
  save(x[:, 0] - tanh(x[:, 1] * 2), "{folder}/y.npy")
}

fn run(name, epochs, keys) {
  seed(6)
  let (x, y) = (npy("{folder}/x.npy"), npy("{folder}/y.npy"))
  let data = if "held" in keys { dataset(x * 1, y * 1) } else { dataset(x, y) }
  let net = chain(Dense(shape(x)[1], 64), relu, Dense(64, 1))
  let h = train net on (x, y) in data {
    loss: mse(net(x)[:, 0], y)
    optimizer: Adam(lr: 0.001)
    epochs: epochs
    batch: 1024
    checkpoint: "{folder}/{name}.ckpt"
    resume: "resume" in keys
    quiet: true
  }
  save(net, "{folder}/{name}.safetensors")
  write("{folder}/{name}.seconds", "{h.seconds}\n")
  print("{h.steps} {h.loss} {norm(h.step_loss)}")
}

if args[0] == "make" { make(number(args[2]), number(args[3])) } else { run(args[2], number(args[3]), args[4:]) }
