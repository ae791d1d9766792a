# status: 65
let a = 1
let s = "never ends   # expect error ~ .
let b = 2
