# check
# A train whose numbers are unknown is still looked into.
let w = param(zeros(3))
train w on x in zeros(5, 2) {
  loss: sum(x * w)                               # expect error: [5, 2] * [3]
  optimizer: GD(lr: number(args[0]))
  steps: number(args[1])
}
