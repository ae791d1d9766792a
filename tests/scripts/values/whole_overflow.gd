print(i32([2147483647]) + 1)   # expect error ~ i32
