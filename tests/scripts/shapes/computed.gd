let d = 3
fn f(x: [N, 2*d]) = shape(x)[1]
print(f(zeros(1, 6)))   # expect: 6
print(f(zeros(1, 5)))   # expect error: 5
