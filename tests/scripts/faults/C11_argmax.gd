print(argmax(zeros(2, 0), axis: 1))   # expect error: no elements
