# `c` and `which` may be variables that are not declared: only a call is a function of R.
# status: 65
let y = c + 1        # expect error: nothing of this name is in scope
let z = which        # expect error: nothing of this name is in scope
# expect no stderr: help:
