# check
# status: 65
let w = param(0)
train w {
  loss: w^2
  optimizer: GD()
  steps: 2
  checkpoint: "overwrites_itself.gd"  # expect error: would overwrite this file, which is not one
}
