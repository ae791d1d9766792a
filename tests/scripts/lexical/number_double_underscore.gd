# status: 65
let x = 1__0   # expect error ~ .
