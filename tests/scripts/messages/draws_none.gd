# `normal(0, 1)` draws nothing here: its arguments are sizes.
# check
let a = normal(0, 1)                       # expect stderr: `normal(5, mean: 0, std: 1)`
let b = randn(0)                           # expect stderr: this draws no number
let c = normal(2, 3)
print(a, b, c)                             # expect no stderr: line 5
