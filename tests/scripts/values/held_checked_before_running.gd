# What a `let` holds for good is checked like a declaration, also in what never runs.
model Net(h = 3) {
  let layer = Dense(2, h)
  fn forward(x) = layer(x, true)   # expect error: `forward` takes 1 argument by position, 2 given
  fn encode(x, k = 2) = x * k
}
print("never")
let net = Net()
let area = fn(w, h = 1) = w * h
fn unused() {
  net.encode(1, q: 3)      # expect error: `encode` has no parameter `q`
  let inner = Net(4)
  [1] |> inner.encode(2, 3)   # expect error: `encode` takes 2 arguments by position, 3 given
  area()                   # expect error: this function is missing its argument `w`
}
print("{net.encod(1)}")    # expect error: did you mean `encode`?
Net()(1, 2)                # expect error: `forward` takes 1 argument by position, 2 given
(fn(x) = x)(1, 2)          # expect error: this function takes 1 argument by position, 2 given
# silent
# status: 65
