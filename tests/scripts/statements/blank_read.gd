# status: 65
let (_, b) = (1, 2)
print(_)    # expect error: `_` has no value
