print(idiv(i32([7, 1]), i32([2, 0])))   # expect error: idiv(1, 0): the divisor is 0
