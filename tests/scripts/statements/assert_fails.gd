let x = 1
assert(x == 2)   # expect error: assert
