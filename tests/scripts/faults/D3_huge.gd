print(i32([1e300]))   # expect error: i32
