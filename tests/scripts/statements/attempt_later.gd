# What is given is worked out before it returns, so an error found in the data is met inside.
let x = [1, 2, 3]
let r = attempt(fn() = (x[i32([7])], 0))
print(r.ok, r.line)    # expect: false 3
