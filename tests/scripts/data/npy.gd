# args: {tmp}
let path = "{args[0]}/x.npy"
for x in list(arange(6) |> reshape(2, 3), i32([1, -2]), u8([0, 255]), [true, false], f64([0.1]), zeros(0, 3)) {
  save(x, path)
  print(npy(path), shape(npy(path)) == shape(x))
}
# expect: [[0, 1, 2], [3, 4, 5]] true
# expect: [1, -2] true
# expect: [0, 255] true
# expect: [true, false] true
# expect: [0.1] true
# expect: [] true
