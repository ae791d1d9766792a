# options: --max-memory 100000000
# status: 71
let s = "ab"
while true { s = s + s }   # expect error ~ .
