print(reshape(ones(6), 4))   # expect error: [4]
