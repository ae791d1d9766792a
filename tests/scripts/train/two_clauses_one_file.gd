# status: 1
let w = param(0)
train w {
  loss: w^2
  optimizer: GD()
  steps: 2
  checkpoint: "same.html"
  report: "./same.html"  # expect error: `report:` and `checkpoint:` write the same file
}
