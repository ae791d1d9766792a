# status: 65
let for = 1   # expect error ~ .
