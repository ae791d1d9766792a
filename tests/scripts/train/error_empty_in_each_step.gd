# An error without a text in a block of a training stops the run with an error.
let w = param([1.0])
train w {
  loss: mean(w ^ 2)
  optimizer: SGD(lr: 0.1)
  steps: 3
  each_step: { error("") }  # expect error: error
}
print("never")
