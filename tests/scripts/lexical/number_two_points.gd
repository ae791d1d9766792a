# status: 65
let x = 1.2.3   # expect error ~ .
