# status: 65
let x = 1a   # expect error ~ .
