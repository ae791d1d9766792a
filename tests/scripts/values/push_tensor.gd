print(push([1, 2], 0.5), push(i32([7]), 8), push(i32([7]), 0.5), push([true], false))   # expect: [1, 2, 0.5] [7, 8] [7, 0.5] [true, false]
print(shape(push(zeros(0), 3)), f64([1])[0] + push(f32([1]), 0.1)[1] == 1.1)             # expect: (1,) false
push([[1]], 2)                               # expect error: one axis
