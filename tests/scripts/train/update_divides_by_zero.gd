# An element that the loss does not reach: 0 / 0 in the update, told with its place.
let w = param([1.0, 2.0, 3.0])
train w {
  loss:      w[0]^2
  optimizer: Adam(lr: 0.1, eps: 0)   # expect error: `/` of 0 and 0 is NaN at [1]
  epochs:    2
  quiet:     true
}
