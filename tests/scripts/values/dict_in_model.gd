# A constant of a model is one for its methods, dict or not.
model M() {
  let c = dict(a: 1)
  fn forward() { c.a = 3 }    # expect error: this cannot be assigned
}
M()()
