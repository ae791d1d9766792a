print(scatter(i32([1, 2]), [1], 0.5))   # expect error: a fraction does not fit into a tensor of i32
