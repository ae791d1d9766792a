print(i32([7]) % 0)   # expect error ~ .
