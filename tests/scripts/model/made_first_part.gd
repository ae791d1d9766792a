# The same for a declaration as a part of a chain.
model Net() {
  let inner = Dense(2, 2)
  fn forward(x) = inner(x)
}
let net = chain(Net, relu)   # expect error: `let net = Net()`, then `net(x)` or `x |> net`
print(net(zeros(3, 2)))
