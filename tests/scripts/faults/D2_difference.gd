print(i32([-2147483648]) - 1)   # expect error: i32
