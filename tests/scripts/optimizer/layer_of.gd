# What a matrix is multiplied by and the slope there: the gradient is their product.  None where it is not one product.
precision(f64)
optimizer Look() {
  fn step(p, g) {
    let known = layer_of(p)
    if known == none { print("none") } else {
      let (x, slope, biased) = known
      let again = if rank(p) == 2 { x' @ slope } else { sum(slope, axis: 0) }
      require(g, abs(again - g) < 1e-12, "the gradient")
      print(shape(x), shape(slope), biased)
    }
    p = p - 0 * g
  }
}
let net = chain(Dense(3, 4), tanh, Dense(4, 2, bias: false))
let x = randn(5, 2, 3)
train net { loss: mean(net(x)^2); optimizer: Look(); steps: 1; quiet: true }
# expect: (10, 3) (10, 4) true
# expect: (10, 3) (10, 4) true
# expect: (10, 4) (10, 2) false
let (w, b) = (param(eye(2)), param([0.5, 1]))
train w, b { loss: sum((x[0, :, 0:2] @ w @ w + b)^2) + sum(b); optimizer: Look(); steps: 1; quiet: true }
# expect: none
# expect: (2, 2) (2, 2) true
layer_of(w)   # expect error: layer_of(p) is for the `step` of an optimizer
