print(reshape(ones(6), -1, -1))   # expect error: -1
