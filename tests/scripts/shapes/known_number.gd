let width = 784
fn f(x: [N, width]) = shape(x)[0]
print(f(zeros(2, 784)))   # expect: 2
print(f(zeros(2, 768)))   # expect error: 784
