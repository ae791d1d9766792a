print(concat(ones(2, 3), ones(2, 4), axis: 0))   # expect error: [2, 4]
