optimizer Count() {
  fn step(p, g) { p = p + t }
}
let w = param(0)
train w { loss: w; optimizer: Count(); steps: 4; quiet: true }
print(w)   # expect: 10
