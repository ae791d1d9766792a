# Up to twenty mistakes of one file are told together.
# status: 65
let a = missing_one    # expect error: missing_one
let b = missing_two    # expect error: missing_two
