# check
model Net {
  let first = Dense(4, 8)
  let last = Dense(6, 2)
  fn forward(x: [N, 4]) = x |> first |> last   # expect error: 6
}
let net = Net()
