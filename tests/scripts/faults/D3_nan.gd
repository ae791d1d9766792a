print(i32(0 / 0))   # expect error: i32
