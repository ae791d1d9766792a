# A NaN that a row of the data makes is told with that row, whatever stands between; one that belongs to no row, without.
seed(8)
let x = ones(50, 3)
x[31, 1] = -1
let w = param([1, 1, 1])
train w on r in x {                  # expect error: row 31 of the data
  loss: mean(sum(log(r * w)^2, axis: 1))   # expect error: `log` of -1 is NaN
  optimizer: GD()
  epochs: 1
  batch: 4
  quiet: true
}
