# residuals keep their number
precision(f64)
let y = arange(8)
let c = param(3)
train c {
  residuals: tensor(filter([c * v for v in y], fn(r) = r < 10))   # expect error: there were 4, now there are
  optimizer: LevenbergMarquardt()
  steps: 5
  quiet: true
}
