# status: 65
let x = 1
let x = 2   # expect error: x
