# An optimizer of your own beside the library's.
#
# Shows: declaring an optimizer with state, comparing several from the same start.
# Outcome: `Heavyball`, declared here, takes the very steps of the library's SGD with momentum;
# `Signed`, which the library does not have, reaches the minimum too.

precision(f64)

## Momentum as Polyak wrote it.
optimizer Heavyball(lr = 0.01, beta = 0.9) {
  state v = 0   # one for each tensor trained, in its shape
  fn step(p, g) {   # p the tensor, g its gradient
    v = beta * v + g
    p = p - lr * v
  }
}

## Each element has a rate of its own, which grows while its gradient keeps its sign.
optimizer Signed(first = 0.01, up = 1.2, down = 0.5) {
  state rate = first
  state before = 0
  fn step(p, g) {
    let agree = g * before
    rate = rate * where(agree > 0, up, where(agree < 0, down, 1))   # per element, as `if` cannot
    before = g
    p = p - rate * sign(g)
  }
}

# A long narrow valley.
fn valley(p) = p[0]^2 + 25 * (p[1] - 0.5 * p[0])^2

fn descend(o, steps = 300) {
  let p = param([3, -2])
  let history = train p { loss: valley(p); optimizer: o; steps: steps; quiet: true }
  (copy(p), history.loss[-1])   # the values of now, not the param
}

let (library, library_loss) = descend(SGD(lr: 0.01, momentum: 0.9))
let (own, own_loss) = descend(Heavyball(lr: 0.01, beta: 0.9))
let (signed, signed_loss) = descend(Signed())
print("SGD with momentum {library_loss:.2e}, Heavyball {own_loss:.2e}, Signed {signed_loss:.2e}")
assert(all(own == library))
assert(signed_loss < 1e-6 and library_loss < 1e-6)
print("the same steps, and both at the minimum")
