# status: 65
let x = 1e309   # expect error: out of range
