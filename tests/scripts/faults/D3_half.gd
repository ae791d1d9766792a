print(i32(-0.5), i32([-0.5]))   # expect: 0 [0]
