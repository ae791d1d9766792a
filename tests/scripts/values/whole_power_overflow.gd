print(i32([46341]) ^ 2)                # expect error: does not fit in i32
