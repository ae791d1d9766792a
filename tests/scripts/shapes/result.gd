fn f(x: [N, D]) -> [N] = x
# status: 1
print(f(zeros(2, 3)))
# expect stderr: [2, 3]
