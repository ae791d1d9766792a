print(arange(5)[2:1], arange(5)[9:], arange(5)[-9:2])   # expect: [] [] [0, 1]
