fn check(x) { if x < 0 { error("x is {x}, it must not be negative") } }
check(-1)
# expect stderr: x is -1, it must not be negative
# status: 1
