print(sum(ones(2, 3), axis: -3))   # expect error: axis
