# W9: data. A CSV of 100 MB read, of numbers and with columns of classes; 60,000 rows of 784 standardized, shuffled, their classes
# one-hot, and read from an NPZ and a safetensors file that numpy wrote.  `gd w9.gd FOLDER`; w9_data.gd makes what it reads.
# Prints microseconds.

let folder = args[0]

fn measure(name, f, turns = 5) {
  f()
  print("W9_{name} {sort(tensor([time(f) for i in 1..turns]))[floor(turns / 2)] * 1e6:.1f}")
}

measure("csv", fn() = csv("{folder}/numbers.csv", target: "y"), turns: 3)
measure("csv_mixed", fn() = csv("{folder}/mixed.csv", target: "y"), turns: 3)
let x = npy("{folder}/x.npy") * 1
let y = npy("{folder}/y.npy") * 1
let d = dataset(x, y)
let (rest, test_set) = split(d, 0.8)
measure("standardize", fn() = standardize(rest, test_set))
measure("one_hot", fn() = one_hot(y, 10))
measure("shuffle", fn() = shuffle(d))
measure("npz", fn() = npz("{folder}/rows.npz"))

model Rows() {
  param x = zeros(60_000, 784)
  fn forward() = x
}
let kept = Rows()
measure("safetensors", fn() = load(kept, "{folder}/rows.safetensors"))
