# check
model Net(n) {
  param w = normal(n, 1)
  fn forward(x) = x @ w
}
let net = Net(3)
print(net(ones(4, 3)))
