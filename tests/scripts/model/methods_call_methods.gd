model Auto(n, k) {
  let down = Dense(n, k)
  let up = Dense(k, n)
  fn encode(x) = tanh(down(x))
  fn decode(z) = up(z)
  fn forward(x: [N, n]) -> [N, n] = x |> encode |> decode
}
let a = Auto(4, 2)
print(shape(a(zeros(3, 4))), shape(a.encode(zeros(3, 4))))   # expect: (3, 4) (3, 2)
