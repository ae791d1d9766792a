# check
if env("QUICK") != none { print(zeros(2) + zeros(3)) }   # expect error: [2] + [3]
