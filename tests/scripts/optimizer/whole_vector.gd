# An optimizer of the whole vector comes later; until then it is refused by name.
optimizer Newtonian() {
  fn step(p, g, f) { p = p - solve(hessian(f)(p), g) }
}
let a = param([5, 5])
train a { loss: sum((a - 1)^2); optimizer: Newtonian(); steps: 1; quiet: true }
# expect stderr: step(p, g, f)
# status: 1
