let x = zeros(-1)   # expect error: -1
