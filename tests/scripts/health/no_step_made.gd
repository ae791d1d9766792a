# A loss that is NaN before the first step says nothing of rates, nor of gradients.
# expect no stderr: gradient of every param
# expect no stderr: blew up
let x = -rand(10, 2)
let w = param([1, 1])
train w on x in x { loss: mean(log(x @ w)); optimizer: SGD(lr: 0.1); epochs: 5; health: true }   # expect error: `log` of -
