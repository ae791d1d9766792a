print(shape(zeros(0, 3) + zeros(1, 3)))   # expect: (0, 3)
let p = ones(2, 0) @ ones(0, 5)
print(shape(p), sum(abs(p)))              # expect: (2, 5) 0
