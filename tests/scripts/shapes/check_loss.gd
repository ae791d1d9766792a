# check
let x = zeros(10, 2)
let w = param(zeros(2, 1))
let l = mse(x @ w, zeros(10))   # expect error: [10, 1]
