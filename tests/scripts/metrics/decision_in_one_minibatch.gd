# where a minibatch is the whole epoch, a metric may decide
let w = param([1.0])
let h = train w on x in ones(10, 1) {
  loss: mean((x @ w)^2); optimizer: GD(lr: 0); epochs: 2; quiet: true
  metrics: (m: if sum(x @ w) > 3 { 1 } else { 0 })
}
print(h.m)    # expect: [1, 1]
