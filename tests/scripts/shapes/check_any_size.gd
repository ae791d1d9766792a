# check
# A size that is made up for a name makes no error: a function may need an even one, a small or a great one.
fn even(x: [N, D]) -> [N/2, D] = x[::2] - x[1::2]
fn heads(x: [N, T, W]) = permute(reshape(x, N, T, 4, W / 4), 0, 2, 1, 3)
fn gated(x: [.., D]) {
  let (a, b) = chunk(x, 2, axis: -1)
  a * sigmoid(b)
}
fn far(x: [N, D]) = x[:, 500]
fn greatest(x: [N, D]) = topk(x, 100)
fn padded(x: [N, T]) = pad(x, 0, 16 - T, axis: 1)
fn short(x: [T, D]) {
  assert(T <= 20 and D % 2 == 0, "too long")
  x
}
fn before(x: [2 * D], y: [D]) = x
model Net {
  let table = Embedding(30, 8)
  let places = Positions(32, 8)
  let block = TransformerBlock(8, 2, causal: true)
  let seen = tril(ones(16, 16))
  let down = Conv2d(1, 4, 3, stride: 2, padding: 1)
  let up = ConvTranspose2d(4, 1, 4, stride: 2, padding: 1)
  fn forward(ids: i32[N, T]) -> [N, T, 30] = block(places(table(ids))) @ table.table'
  fn masked(q: [N, T, 8]) = attention(q, q, q, mask: seen[:T, :T])
  fn image(x: [N, 1, H, W]) -> [N, 1, H, W] = up(down(x))
}
let net = Net()
fn wrong(x: [N, D]) = x @ ones(17, 3)                                            # expect error: [N, D] @ [17, 3]
fn behind(x: [N, T, W]) = reshape(x, N, T, 4, W / 4) + zeros(N, T, 3, W / 4)     # expect error: 4 and 3 differ
fn never(x: [N, D]) -> [N, D] = concat(x, x, axis: 1)                           # expect error: is declared [N, D]
