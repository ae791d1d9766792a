fn f(x: [.., 3]) -> [.., 3] = x * 2
print(shape(f(zeros(3))), shape(f(zeros(2, 3))), shape(f(zeros(4, 2, 3))))   # expect: (3,) (2, 3) (4, 2, 3)
