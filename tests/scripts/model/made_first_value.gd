# The same where the declaration has a parameter, which the tensor fills.
model Net(width) {
  let inner = Dense(2, width)   # expect error: `let net = Net(…)`, then `net(x)` or `x |> net`
  fn forward(x) = inner(x)
}
print(zeros(3, 2) |> Net)
