# options: --max-memory 100000000
# status: 71
let xs = ["a"]
while true { xs = list(xs, xs...) }   # expect error ~ .
