print(accuracy(zeros(4, 3), zeros(5)))
# expect stderr: [4, 3]
# status: 1
