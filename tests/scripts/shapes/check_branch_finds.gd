# check
# What is wrong whichever way was taken, or in a branch as it stands, is found.
let w = if len(args) > 0 { zeros(3, 2) } else { ones(3, 2) }
if len(args) > 1 { error("too many") }
print(zeros(4) @ w)                              # expect error: 4
