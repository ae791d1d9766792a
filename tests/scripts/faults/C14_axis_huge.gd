print(sum(ones(2, 3), axis: 9223372036854775807))   # expect error: axis
