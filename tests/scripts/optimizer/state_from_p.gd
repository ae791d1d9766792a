optimizer Lookahead(lr = 0.1) {
  state slow = p
  state n = 0
  fn step(p, g) {
    n = n + 1
    p = p - lr * g
    slow = slow + 0.5 * (p - slow)
  }
}
let w = param(1)
let o = Lookahead()
train w { loss: w; optimizer: o; steps: 2; quiet: true }
print("{w:.4f}")   # expect: 0.8000
