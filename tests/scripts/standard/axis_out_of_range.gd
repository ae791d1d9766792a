print(sum(ones(2, 3), axis: 2))   # expect error: 2
