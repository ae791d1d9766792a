# A value given to a model's declaration: the model is made first.
# status: 65
model Net() {
  let inner = Dense(2, 2)
  fn forward(x) = inner(x)
}
let x = zeros(3, 2)
print(x |> Net)       # expect error: `let net = Net()`, then `net(x)` or `x |> net`
print(Net(x))         # expect error: it is made first, then applied
print(x |> Dense)     # expect error: `let net = Dense(…)`
