print(i32([65536]) * 65536)   # expect error: i32
