print(u8([256]))   # expect error ~ u8
