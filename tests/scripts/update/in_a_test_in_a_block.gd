# command: test
# output: any
test "a step after each epoch" {
  let (w, v) = (param(1), param(1))
  train w {
    loss: w^2
    optimizer: GD()
    epochs: 2
    each_epoch: { update v { loss: v^2; optimizer: Adam() } }   # expect error: would lose its state
  }
}
