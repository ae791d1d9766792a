print(-i32([-2147483648]))   # expect error: i32
