# What a matrix is multiplied by and the slope there: the gradient is their product, in several places and of convolutions too.
precision(f64)
optimizer Look() {
  fn step(p, g) {
    let known = layer_of(p)
    if known == none { print("none") } else {
      let (x, slope, biased, cases) = known
      let again = if rank(p) == 1 { sum(slope, axis: 0) } else if rank(p) == 2 { x' @ slope } else { reshape(slope' @ x, shape(p)) }
      require(g, abs(again - g) < 1e-12, "the gradient")
      print(shape(x), shape(slope), biased, cases)
    }
    p = p - 0 * g
  }
}
let net = chain(Dense(3, 4), tanh, Dense(4, 2, bias: false))
let x = randn(5, 2, 3)
train net { loss: mean(net(x)^2); optimizer: Look(); steps: 1; quiet: true }
# expect: (10, 3) (10, 4) true 10
# expect: (10, 3) (10, 4) true 10
# expect: (10, 4) (10, 2) false 10
let (w, b) = (param(eye(2)), param([0.5, 1]))
train w, b { loss: sum((tanh(x[0, :, 0:2] @ w) @ w + b)^2) + sum(b); optimizer: Look(); steps: 1; quiet: true }   # b is not added in the first
# expect: none
# expect: (2, 2) (2, 2) true 2
train w, b { loss: sum((tanh(x[0, :, 0:2] @ w + b) @ w + b)^2); optimizer: Look(); steps: 1; quiet: true }
# expect: (4, 2) (4, 2) true 2
# expect: (4, 2) (4, 2) true 2
train w { loss: sum((x[0, :, 0:2] @ w')^2) + sum(x[0, :, 0:2] @ w); optimizer: Look(); steps: 1; quiet: true }
# expect: none
let image = randn(3, 2, 5, 4)
for layer in [Conv2d(2, 3, (3, 2), padding: 1, stride: 2), Conv2d(2, 3, 2, dilation: 2, bias: false)] {
  train layer { loss: mean(layer(image)^3); optimizer: Look(); steps: 1; quiet: true }
}
# expect: (27, 12) (27, 3) true 3
# expect: (27, 12) (27, 3) true 3
# expect: (18, 8) (18, 3) false 3
let along = Conv1d(2, 3, 2)
train along { loss: mean(along(image[:, 0, :, 0:2])^3); optimizer: Look(); steps: 1; quiet: true }
# expect: (12, 4) (12, 3) true 3
# expect: (12, 4) (12, 3) true 3
let down = param([1, 2])   # added along the rows: it is no layer's
train w, down { loss: sum((x[0, :, 0:2] @ w + down[:, none])[0:2]^2); optimizer: Look(); steps: 1; quiet: true }
# expect: (2, 2) (2, 2) false 2
# expect: none
let apart = Conv2d(2, 2, 2, groups: 2, bias: false)
train apart { loss: mean(apart(image)^2); optimizer: Look(); steps: 1; quiet: true }
# expect: none
layer_of(w)   # expect error: layer_of(p) is only for the `step` of an optimizer
