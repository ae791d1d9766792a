print(i32([65536, 1]) @ i32([65536, 1]))                # expect error: does not fit in i32
