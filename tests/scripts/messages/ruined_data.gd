# What the data bring is told with its row.
let d = dataset([[1, 2], [3, inf], [5, 6]], [1, 2, 3])
let w = param([1, 1])
train w on (x, y) in d { loss: mse(x @ w, y); optimizer: GD(lr: 1e-4); epochs: 2; quiet: true }  # expect error: the data have inf at [1, 1] of `x` at step 1
# expect stderr: it came from row 1 of the data
# status: 1
