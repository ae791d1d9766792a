# status: 71
let x = outer(ones(1000000), ones(1000000))   # expect error: 1000000
